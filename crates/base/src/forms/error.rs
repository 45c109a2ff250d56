//! What can go wrong with filling in a form.

use skein_platform::access::AccessError;
use skein_store::StoreError;
use skein_types::Problem;

use crate::BaseError;

/// Why a form is not shown or an answer not taken.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FormError {
    #[error("there is no such form, or it is no longer shared")]
    NotFound,
    #[error("this form takes no answers now")]
    Closed,
    #[error("sign in to fill in this form")]
    SignIn,
    #[error("this form is for members of the organisation")]
    MembersOnly,
    #[error("this form asks for a password; send what opening it gave as X-Form-Pass")]
    NeedsPassword,
    #[error("this is not the password of the form")]
    WrongPassword,
    #[error("too many tries; wait {seconds} seconds")]
    Throttled { seconds: u64 },
    #[error("a key has 12 hexadecimal digits of a time and 52 more; the form gives one")]
    Key,
    #[error("you filled in this form already")]
    Answered,
    #[error("there are no such answers, or they are not to be changed any more")]
    NoAnswers,
    #[error("the end lies in the past")]
    Closes,
    #[error("a password of a form has 1 to 256 characters")]
    Password,
    #[error("{detail}")]
    Answer { code: &'static str, path: String, detail: String },
    #[error("{}", .0.detail)]
    Other(Problem),
}

impl FormError {
    pub(super) fn answer(code: &'static str, path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Answer { code, path: path.into(), detail: detail.into() }
    }
}

impl From<StoreError> for FormError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<AccessError> for FormError {
    fn from(error: AccessError) -> Self {
        Self::Other(error.into())
    }
}

impl From<BaseError> for FormError {
    fn from(error: BaseError) -> Self {
        Self::Other(error.into())
    }
}

impl From<Problem> for FormError {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<FormError> for Problem {
    fn from(error: FormError) -> Self {
        let text = error.to_string();
        match error {
            FormError::NotFound => Self::new(404, "form.not_found", text),
            FormError::Closed => Self::new(410, "form.closed", text),
            FormError::SignIn => Self::new(401, "form.sign_in", text),
            FormError::MembersOnly => Self::new(403, "form.members_only", text),
            FormError::NeedsPassword => Self::new(403, "form.needs_password", text),
            FormError::WrongPassword => Self::new(403, "form.wrong_password", text).at("password"),
            FormError::Throttled { seconds } => {
                let mut problem = Self::new(429, "form.throttled", text);
                problem.retry_after = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
                problem
            }
            FormError::Key => Self::invalid("form.key", "key", text),
            FormError::Answered => Self::new(409, "form.answered", text),
            FormError::NoAnswers => Self::new(404, "form.no_answers", text),
            FormError::Closes => Self::invalid("form.closes", "closes", text),
            FormError::Password => Self::invalid("form.password", "password", text),
            FormError::Answer { code, path, .. } => Self::invalid(code, path, text),
            FormError::Other(problem) => problem,
        }
    }
}
