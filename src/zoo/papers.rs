//! Papers of the zoo's networks: first author, year, and number.

pub const CHEN: &str = "Chen 2017, arXiv:1706.05587";
pub const CHOLLET: &str = "Chollet 2016, arXiv:1610.02357";
pub const HE: &str = "He 2015, arXiv:1512.03385";
pub const HOWARD_2017: &str = "Howard 2017, arXiv:1704.04861";
pub const HOWARD_2019: &str = "Howard 2019, arXiv:1905.02244";
pub const HUANG: &str = "Huang 2016, arXiv:1608.06993";
pub const IANDOLA: &str = "Iandola 2016, arXiv:1602.07360";
pub const KRIZHEVSKY: &str = "Krizhevsky 2014, arXiv:1404.5997";
pub const LIU: &str = "Liu 2022, arXiv:2201.03545";
pub const LONG: &str = "Long 2014, arXiv:1411.4038";
pub const MA: &str = "Ma 2018, arXiv:1807.11164";
pub const RADOSAVOVIC: &str = "Radosavovic 2020, arXiv:2003.13678";
pub const RONNEBERGER: &str = "Ronneberger 2015, arXiv:1505.04597";
pub const SANDLER: &str = "Sandler 2018, arXiv:1801.04381";
pub const SIMONYAN: &str = "Simonyan 2014, arXiv:1409.1556";
pub const SZEGEDY_2014: &str = "Szegedy 2014, arXiv:1409.4842";
pub const SZEGEDY_2015: &str = "Szegedy 2015, arXiv:1512.00567";
pub const SZEGEDY_2016: &str = "Szegedy 2016, arXiv:1602.07261";
pub const TAN_2018: &str = "Tan 2018, arXiv:1807.11626";
pub const TAN_2019: &str = "Tan 2019, arXiv:1905.11946";
pub const TAN_2021: &str = "Tan 2021, arXiv:2104.00298";
pub const XIE: &str = "Xie 2016, arXiv:1611.05431";
pub const ZAGORUYKO: &str = "Zagoruyko 2016, arXiv:1605.07146";
pub const ZOPH: &str = "Zoph 2017, arXiv:1707.07012";
