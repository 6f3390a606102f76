//! Cache-aside by annotation.
