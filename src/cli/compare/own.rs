//! Shaders from elsewhere: a WGSL file and the declaration beside it.

use std::error::Error as _;
use std::path::{Path, PathBuf};

use menagerie::kernels::interface::Shader;
use menagerie::kernels::{Candidate, Declaration};
use menagerie::{Error, ErrorKind, Result, text_file};
use naga::valid::{Capabilities, ShaderStages, SubgroupOperationSet, ValidationFlags, Validator};

/// A shader from elsewhere as a kernel.
pub struct OwnKernel {
    path: PathBuf,
    /// The text of the file.
    text: String,
    /// The kernel. It lives as long as the process, which reads each file once.
    pub candidate: Candidate,
}

impl OwnKernel {
    /// Reads the shader at `path`, and the declaration beside it: the file of the same name that ends in `.json`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if a file cannot be read, [`ErrorKind::Input`] if the declaration is not valid.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = text_file::read(path)?;
        let beside = path.with_extension("json");
        let declared = text_file::read(&beside)
            .and_then(|json| in_file(&beside, Declaration::parse(&name, &json, &text)));
        Ok(Self {
            path: path.to_path_buf(),
            text,
            candidate: declared?.into_candidate(),
        })
    }

    /// Reads all shaders.
    ///
    /// # Errors
    /// As [`OwnKernel::read`]; [`ErrorKind::Input`] also if two files have the same name.
    pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Self>> {
        let mut kernels: Vec<Self> = Vec::new();
        for path in paths {
            let kernel = Self::read(path)?;
            let mut others = kernels.iter().map(|other| other.candidate);
            if others.any(|other| other == kernel.candidate) {
                let name = kernel.candidate.name();
                let message =
                    format!("expected shaders of different names, found two called {name}");
                return Err(Error::new(ErrorKind::Input, message));
            }
            kernels.push(kernel);
        }
        Ok(kernels)
    }

    /// The error that the kernel does not compute a layer, for a `reason`.
    pub fn refusal(&self, reason: impl std::fmt::Display) -> Error {
        self.in_file(Error::new(ErrorKind::Unsupported, reason.to_string()))
    }

    /// `error` with the name of the file.
    pub fn in_file(&self, error: Error) -> Error {
        error.in_context(self.path.display())
    }

    /// Checks `shader`, the complete text of this kernel for a device, before a driver sees it.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if it is not valid WGSL. The message has the line in the file.
    pub fn check(&self, shader: &Shader) -> Result<()> {
        let source = shader.source();
        let declared = source.len() - self.text.len();
        let declared = source[..declared].matches('\n').count() as u32;
        let wrong = |line: Option<u32>, message: String| {
            let place = match line.map(|line| line.checked_sub(declared)) {
                Some(Some(line @ 1..)) => format!("{}:{line}", self.path.display()),
                Some(_) => format!(
                    "{}: in the text written from {}",
                    self.path.display(),
                    self.path.with_extension("json").display()
                ),
                None => self.path.display().to_string(),
            };
            Err(Error::new(ErrorKind::Input, message).in_context(place))
        };
        let module = match naga::front::wgsl::parse_str(&source) {
            Ok(module) => module,
            Err(error) => {
                let line = error.location(&source).map(|place| place.line_number);
                return wrong(line, error.message().to_owned());
            }
        };
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::all());
        validator
            .subgroup_stages(ShaderStages::COMPUTE)
            .subgroup_operations(SubgroupOperationSet::all());
        if let Err(error) = validator.validate(&module) {
            let line = error.location(&source).map(|place| place.line_number);
            let mut message = error.as_inner().to_string();
            let mut cause = error.as_inner().source();
            while let Some(inner) = cause {
                message = format!("{message}: {inner}");
                cause = inner.source();
            }
            return wrong(line, message);
        }
        let mut entries = module.entry_points.iter();
        let main =
            entries.find(|entry| entry.name == "main" && entry.stage == naga::ShaderStage::Compute);
        let Some(main) = main else {
            return wrong(
                None,
                "expected a compute entry point called main".to_owned(),
            );
        };
        let (found, size) = (main.workgroup_size, shader.instance.workgroup_size);
        match found.iter().product::<u32>() == size {
            true => Ok(()),
            false => wrong(
                None,
                format!("expected workgroups of {size} invocations as declared, found {found:?}"),
            ),
        }
    }
}

fn in_file<T>(path: &Path, result: Result<T>) -> Result<T> {
    result.map_err(|error| error.in_context(path.display()))
}
