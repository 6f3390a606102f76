//! The cases are in the folders beside `src`, by kind of mistake.
