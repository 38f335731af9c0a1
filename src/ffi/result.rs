//! What a call came to.

/// What a call came to. Numbers are never used for something else later; treat one that you do not know as a failure.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ndr_result {
    /// It worked, and the result is in `out`.
    Ok = 0,
    /// `out` was NULL, or a text was NULL although its length was not 0.
    NullPointer = 1,
    /// A length was above `PTRDIFF_MAX`, as a negative number is when it becomes a `size_t`.
    TooLong = 2,
    /// The text is no enhanced status code.
    NoStatus = 3,
    /// The scratch was too small. A scratch as long as the message is enough.
    ScratchTooSmall = 4,
    /// The scratch and the message lie over one another.
    Overlap = 5,
    /// The context has more than `NDR_MAX_RULES` rules.
    TooManyRules = 6,
    /// A rule has a status pattern, reply code, stage, category, action or `sets` that does not exist.
    InvalidRule = 7,
    /// There is no more to walk through.
    NoMore = 8,
}

impl ndr_result {
    pub(super) const ALL: &'static [Self] = &[
        Self::Ok,
        Self::NullPointer,
        Self::TooLong,
        Self::NoStatus,
        Self::ScratchTooSmall,
        Self::Overlap,
        Self::TooManyRules,
        Self::InvalidRule,
        Self::NoMore,
    ];

    pub(super) const fn number(self) -> u32 {
        self as u32
    }

    /// What went wrong, in a few words.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Ok => "no error",
            Self::NullPointer => "a pointer that must point to something is NULL",
            Self::TooLong => "a length is larger than any object",
            Self::NoStatus => "the text is no enhanced status code",
            Self::ScratchTooSmall => "the scratch is too small; the length of the message is always enough",
            Self::Overlap => "the scratch lies over the message",
            Self::TooManyRules => "the context has too many rules",
            Self::InvalidRule => "a rule has a pattern or number that does not exist",
            Self::NoMore => "there is no more",
        }
    }
}
