//! A function that the system calls before `main`, by which a site or a key lists itself. The attributes are written by a macro,
//! and not in the runtime, so that `forbid(unsafe_code)` holds in whatever crate this is expanded: it means the code there.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// `static NAME`, in the section of the executable where the system looks for functions to call. Nobody else names it.
pub(crate) fn at_start(name: &Ident, function: impl ToTokens) -> TokenStream {
    // As crates that do nothing else have them: macOS and its like, Windows, and what has ELF or WebAssembly.
    quote_spanned! {Span::mixed_site()=>
        #[used]
        #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func,mod_init_funcs"))]
        #[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
        #[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = ".init_array"))]
        static #name: extern "C" fn() = #function;
    }
}

/// The same for a function that lists the site. To have those of a program side by side in a section of their own was no quicker with
/// 1,000 of them, whether the executable was in memory or on the disk.
pub(crate) fn list(name: &Ident, list: &Ident, site: &Ident) -> TokenStream {
    let start = at_start(name, list);
    quote_spanned! {Span::mixed_site()=>
        extern "C" fn #list() { #site.list() }
        #start
    }
}
