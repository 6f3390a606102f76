//! Every annotated function and typed key that is linked into the program.
//!
//! ```
//! for site in cache_runtime::registry::sites() {
//!     println!("{}:{} {} {:?}", site.file(), site.line(), site.function(), site.kind());
//! }
//! cache_runtime::registry::verify().expect("call sites agree");
//! ```

mod list;
mod verify;
mod versions;

pub use self::list::{SiteInfo, TargetInfo, sites, table};
pub use self::verify::{Problem, Problems, verify};
pub(crate) use self::versions::{note_version, versions};
pub use crate::private::Kind;
