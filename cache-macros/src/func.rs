//! The annotated function: a signature that stays, and a body that is moved, verbatim, into a future.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::{Attribute, FnArg, Pat, PatIdent, Receiver, ReturnType, Signature, Stmt, Token, Type, Visibility};

use crate::boxed::Boxed;

/// A function as written, or as `#[async_trait]` left it.
pub(crate) struct Func {
    pub(crate) attrs: Vec<Attribute>,
    vis: Visibility,
    defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    body: Body,
    pub(crate) params: Vec<Param>,
}

enum Body {
    /// `async fn`.
    Async(Group),
    /// `fn .. -> Pin<Box<dyn Future>> { Box::pin(async move { .. }) }`.
    Boxed(Group, Box<Boxed>),
    /// A function that is not async.
    Sync(Group),
    /// A declaration in a trait.
    Absent(Token![;]),
}

/// A name that the parameters bind.
pub(crate) struct Param {
    pub(crate) ident: Ident,
    /// Its type is spelled as a reference, so that it can be copied.
    pub(crate) reference: bool,
}

impl Func {
    pub(crate) fn parse(tokens: TokenStream) -> syn::Result<Self> {
        parse.parse2(tokens)
    }

    /// The type between `Ok`, `Some` and all, as spelled; `None` for no `->`.
    pub(crate) fn returns(&self) -> Option<&Type> {
        match &self.body {
            Body::Boxed(_, boxed) => Some(&boxed.output),
            _ => match &self.sig.output {
                ReturnType::Default => None,
                ReturnType::Type(_, ty) => Some(ty),
            },
        }
    }

    /// The return type in an expansion.
    pub(crate) fn return_type(&self) -> TokenStream {
        self.returns().map_or_else(|| quote!(()), ToTokens::to_token_stream)
    }

    /// Where errors about the return type belong.
    pub(crate) fn return_span(&self) -> Span {
        let span = self.returns().map_or_else(|| self.sig.ident.span(), Type::span);
        Span::mixed_site().located_at(span)
    }

    /// The pattern of each parameter, where it is bound, and its type.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (&Pat, &Type)> {
        self.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(param) => Some((self.bound(&param.pat), &*param.ty)),
            FnArg::Receiver(_) => None,
        })
    }

    /// The user's pattern for what an outer macro named otherwise.
    fn bound<'a>(&'a self, pat: &'a Pat) -> &'a Pat {
        match (&self.body, pat) {
            (Body::Boxed(_, boxed), Pat::Ident(name)) => {
                let inside = boxed.patterns.iter().find(|(_, from)| name.ident == from.as_str());
                inside.map_or(pat, |(inside, _)| inside)
            }
            _ => pat,
        }
    }

    pub(crate) fn receiver(&self) -> Option<&Receiver> {
        self.sig.receiver()
    }

    pub(crate) fn has_body(&self) -> bool {
        !matches!(self.body, Body::Absent(_))
    }

    pub(crate) fn is_async(&self) -> bool {
        matches!(self.body, Body::Async(_) | Body::Boxed(..))
    }

    pub(crate) fn param(&self, name: &Ident) -> Option<&Param> {
        self.params.iter().find(|param| param.ident.unraw() == name.unraw())
    }

    /// Whether `ret` is the returned value here, and not a parameter.
    pub(crate) fn ret_is_special(&self) -> bool {
        !self.params.iter().any(|param| param.ident.unraw() == "ret")
    }

    /// The name of `self` where the body stands, if an outer macro changed it.
    pub(crate) fn self_name(&self) -> Option<&Ident> {
        match &self.body {
            Body::Boxed(_, boxed) => boxed.self_name.as_ref(),
            _ => None,
        }
    }

    /// Type and const parameters, and lifetimes without the quote.
    pub(crate) fn is_generic(&self, name: &Ident) -> bool {
        self.sig.generics.params.iter().any(|param| match param {
            syn::GenericParam::Type(param) => param.ident == *name,
            syn::GenericParam::Const(param) => param.ident == *name,
            syn::GenericParam::Lifetime(param) => param.lifetime.ident == *name,
        })
    }

    /// The body as an expression.
    pub(crate) fn body(&self) -> TokenStream {
        match &self.body {
            Body::Async(group) | Body::Sync(group) => group.to_token_stream(),
            Body::Boxed(_, boxed) => boxed.body.clone(),
            Body::Absent(_) => TokenStream::new(),
        }
    }

    /// The function with `inside` in place of its body.
    pub(crate) fn with_body(&self, inside: TokenStream) -> TokenStream {
        match &self.body {
            Body::Async(group) => {
                let mut braces = Group::new(Delimiter::Brace, inside);
                braces.set_span(Span::mixed_site().located_at(group.span()));
                self.emit(&braces)
            }
            Body::Boxed(group, boxed) => {
                let mut braces = Group::new(Delimiter::Brace, boxed.around(inside));
                braces.set_span(group.span());
                self.emit(&braces)
            }
            Body::Sync(_) | Body::Absent(_) => self.unchanged(),
        }
    }

    /// The function as it was, without our attributes.
    pub(crate) fn unchanged(&self) -> TokenStream {
        match &self.body {
            Body::Async(group) | Body::Sync(group) | Body::Boxed(group, _) => self.emit(group),
            Body::Absent(semi) => self.emit(semi),
        }
    }

    fn emit(&self, body: &impl ToTokens) -> TokenStream {
        let Self { attrs, vis, defaultness, sig, .. } = self;
        quote!(#(#attrs)* #vis #defaultness #sig #body)
    }
}

/// Whether a pattern's lone name is a variable: a capitalised one is a constant; `__` names are other macros' inventions.
pub(crate) fn is_binding(name: &Ident) -> bool {
    let name = name.to_string();
    !name.starts_with(char::is_uppercase) && !name.starts_with("__")
}

fn parse(input: ParseStream<'_>) -> syn::Result<Func> {
    let mut attrs = input.call(Attribute::parse_outer)?;
    let vis: Visibility = input.parse()?;
    let defaultness = if input.peek(Token![default]) && !input.peek2(Token![!]) { Some(input.parse()?) } else { None };
    not_another_item(input)?;
    let sig: Signature = input.parse()?;
    let body = if input.peek(Token![;]) {
        Body::Absent(input.parse()?)
    } else {
        let mut group = braces(input)?;
        group = lift_attributes(group, &mut attrs)?;
        if sig.asyncness.is_some() {
            Body::Async(group)
        } else {
            match Boxed::find(&sig, &group) {
                Some(boxed) => Body::Boxed(group, Box::new(boxed)),
                None => Body::Sync(group),
            }
        }
    };
    let mut names = Names::default();
    for input in &sig.inputs {
        if let FnArg::Typed(param) = input {
            names.collect(&param.pat, matches!(*param.ty, Type::Reference(_)));
        }
    }
    if let Body::Boxed(_, boxed) = &body {
        for (pat, _) in &boxed.patterns {
            names.collect(pat, false);
        }
    }
    Ok(Func { attrs, vis, defaultness, sig, body, params: names.0 })
}

/// The body, out of the invisible group in which `macro_rules` may have put it.
fn braces(input: ParseStream<'_>) -> syn::Result<Group> {
    let mut token: TokenTree = input.parse()?;
    loop {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Ok(group),
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let mut inside = group.stream().into_iter();
                match (inside.next(), inside.next()) {
                    (Some(only), None) => token = only,
                    _ => return Err(syn::Error::new(group.span(), "expected a function body")),
                }
            }
            other => return Err(syn::Error::new(other.span(), "expected a function body")),
        }
    }
}

/// `fn f() { #![allow(..)] .. }` means `#[allow(..)] fn f() { .. }`; inside the future it would not be allowed.
fn lift_attributes(group: Group, attrs: &mut Vec<Attribute>) -> syn::Result<Group> {
    let first: Vec<TokenTree> = group.stream().into_iter().take(2).collect();
    if !matches!(first.as_slice(), [TokenTree::Punct(hash), TokenTree::Punct(bang)] if hash.as_char() == '#' && bang.as_char() == '!')
    {
        return Ok(group);
    }
    let split = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.parse::<TokenStream>()?));
    let (inner, rest) = split.parse2(group.stream())?;
    attrs.extend(inner.into_iter().map(|attr| Attribute { style: syn::AttrStyle::Outer, ..attr }));
    let mut braces = Group::new(Delimiter::Brace, rest);
    braces.set_span(group.span());
    Ok(braces)
}

fn not_another_item(input: ParseStream<'_>) -> syn::Result<()> {
    let what = if input.peek(Token![struct]) {
        "a struct"
    } else if input.peek(Token![enum]) {
        "an enum"
    } else if input.peek(Token![impl]) || input.peek2(Token![impl]) {
        return Err(
            input.error("this attribute goes on an `async fn`, not on an `impl` block; put it on the methods inside")
        );
    } else if input.peek(Token![trait]) || input.peek2(Token![trait]) {
        return Err(
            input.error("this attribute goes on an `async fn`, not on a trait; put it on the methods of an `impl`")
        );
    } else if input.peek(Token![mod]) {
        "a module"
    } else if input.peek(Token![type]) {
        "a type alias"
    } else if input.peek(Token![static])
        || (input.peek(Token![const]) && input.peek2(syn::Ident) && !input.peek2(Token![fn]))
    {
        "a constant"
    } else if input.peek(Token![let]) {
        "a variable"
    } else if input.peek(Token![use]) {
        "an import"
    } else {
        return Ok(());
    };
    Err(input.error(format_args!("this attribute goes on an `async fn`, not on {what}")))
}

/// The names that patterns bind.
#[derive(Default)]
struct Names(Vec<Param>);

impl Names {
    fn collect(&mut self, pat: &Pat, reference: bool) {
        let from = self.0.len();
        self.visit_pat(pat);
        if let (Pat::Ident(_), [only]) = (pat, &mut self.0[from..]) {
            only.reference = reference;
        }
    }
}

impl Visit<'_> for Names {
    fn visit_pat_ident(&mut self, pat: &PatIdent) {
        if is_binding(&pat.ident) {
            self.0.push(Param { ident: pat.ident.clone(), reference: false });
        }
        syn::visit::visit_pat_ident(self, pat);
    }
}

/// The statements of a block.
pub(crate) fn statements(group: &Group) -> syn::Result<Vec<Stmt>> {
    syn::Block::parse_within.parse2(group.stream())
}
