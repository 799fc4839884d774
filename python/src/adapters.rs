//! The list of GPUs.

use menagerie::gpu::Gpu;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::calls;

/// The GPUs and software drivers of this machine, a dictionary for each: `name`, `backend`, `device_type`, `driver`,
/// `pci_address` (empty if the driver does not say) and `features`. The index of one in this list, a part of its name, or
/// its address is a `device` of `load`.
///
/// >>> for index, adapter in enumerate(menagerie.adapters()):
/// ...     print(index, adapter["name"], adapter["backend"])  # doctest: +ELLIPSIS
/// 0 ...
#[pyfunction]
pub fn adapters(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let found = calls::call(py, |_| Ok(Gpu::adapters()))?;
    let list = PyList::empty(py);
    for adapter in found {
        let row = PyDict::new(py);
        row.set_item("name", adapter.name)?;
        row.set_item("backend", adapter.backend)?;
        row.set_item("device_type", adapter.device_type)?;
        row.set_item("driver", adapter.driver)?;
        row.set_item("pci_address", adapter.pci_address)?;
        row.set_item("features", adapter.features)?;
        list.append(row)?;
    }
    Ok(list)
}
