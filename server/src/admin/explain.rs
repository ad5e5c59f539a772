//! Why a change makes an event for a clause, or none: what an operator asks who was told that no event comes.
//!
//! The answer is made of what the question brings and of nothing else: no object of anybody is looked at, and who may read it is not weighed.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use livematch::{
    Change, ChangeError, ChangeExplanation, ChangeKind, CompileError, Event, FieldSet, Query,
    Warning,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::dialects::Dialects;
use crate::state::Server;

/// So many questions are answered at once: each may take as long as a long clause on a large object.
static PLACES: Semaphore = Semaphore::const_new(1);

/// What is asked. Objects are as REST gives them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Question {
    class_name: String,
    /// As it is written: the order of its keys means something.
    r#where: Box<RawValue>,
    /// The object before the change; null if it is new.
    #[serde(default)]
    old: Option<Box<RawValue>>,
    /// The object after the change; null if it is deleted.
    #[serde(default)]
    new: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Explained {
    /// In which the class is served.
    dialect: &'static str,
    event: Option<Event>,
    /// For a person.
    text: String,
    /// Constraint by constraint, for a program.
    explanation: ChangeExplanation,
    warnings: Vec<Warning>,
}

/// Why a question is not answered.
#[derive(Debug, Serialize)]
struct Refused {
    error: String,
    /// Where in the clause, or in the message that Parse Server would have published of the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
}

impl Refused {
    fn new(error: &(impl ToString + ?Sized)) -> Self {
        Self {
            error: error.to_string(),
            pointer: None,
        }
    }
}

impl From<CompileError> for Refused {
    fn from(error: CompileError) -> Self {
        Self {
            pointer: Some(error.pointer().to_owned()),
            ..Self::new(&error)
        }
    }
}

impl From<ChangeError> for Refused {
    fn from(error: ChangeError) -> Self {
        Self {
            pointer: Some(error.pointer().to_owned()),
            ..Self::new(&error)
        }
    }
}

pub(super) async fn explain(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let Ok(_place) = PLACES.try_acquire() else {
        let refused = Refused::new("another question is being answered");
        return (StatusCode::TOO_MANY_REQUESTS, Json(refused)).into_response();
    };
    let dialects = Arc::clone(&server.clauses.dialects);
    let answered = spawn_blocking(move || answer(&body, &dialects)).await;
    match answered {
        Ok(Ok(explained)) => Json(explained).into_response(),
        Ok(Err(refused)) => (StatusCode::BAD_REQUEST, Json(refused)).into_response(),
        Err(_) => {
            let refused = Refused::new("the question could not be answered");
            (StatusCode::INTERNAL_SERVER_ERROR, Json(refused)).into_response()
        }
    }
}

fn answer(body: &[u8], dialects: &Dialects) -> Result<Explained, Refused> {
    let question: Question = serde_json::from_slice(body).map_err(|error| Refused::new(&error))?;
    let class_name = &question.class_name;
    let (queries, _) = dialects.compile(class_name, question.r#where.get())?;
    let query: Query = queries.served;
    let change = question.change()?;
    let explanation = query.explain_change(change.old_object(), change.new_object());
    Ok(Explained {
        dialect: dialects.name(class_name),
        event: explanation.event(),
        text: explanation.to_string(),
        explanation,
        warnings: query.warnings(),
    })
}

impl Question {
    /// The change as Parse Server would publish it, so that objects are seen as they are in a published one.
    fn change(&self) -> Result<Change, Refused> {
        let (kind, current, original) = match (&self.old, &self.new) {
            (old, Some(new)) => (ChangeKind::Save, new, old.as_ref()),
            (Some(old), None) => (ChangeKind::Delete, old, None),
            (None, None) => return Err(Refused::new("neither old nor new is an object")),
        };
        let mut message = format!(r#"{{"currentParseObject":{}"#, self.object(current)?);
        if let Some(original) = original {
            message += r#","originalParseObject":"#;
            message += &self.object(original)?;
        }
        message.push('}');
        Ok(Change::from_slice(
            kind,
            message.as_bytes(),
            &FieldSet::all(),
        )?)
    }

    /// An object with the name of its class, which REST does not give.
    fn object(&self, object: &RawValue) -> Result<String, Refused> {
        let not_one = || Refused::new("old and new are objects, as REST gives them, or null");
        let members = object.get().strip_prefix('{').ok_or_else(not_one)?;
        let class_name =
            serde_json::to_string(&self.class_name).map_err(|error| Refused::new(&error))?;
        let comma = if members.trim_start().starts_with('}') {
            ""
        } else {
            ","
        };
        Ok(format!(
            r#"{{"__type":"Object","className":{class_name}{comma}{members}"#
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use clap::Parser;
    use serde_json::{Value, json};

    fn answered(question: &Value) -> Result<Explained, Refused> {
        let options = Options::parse_from(["livematch-server", "--app-id", "app"]);
        let dialects = Dialects::new(options.dialect, Query::builder());
        answer(question.to_string().as_bytes(), &dialects)
    }

    fn ask(question: &Value) -> Result<Value, String> {
        let explained = answered(question).map_err(|refused| refused.error)?;
        Ok(serde_json::to_value(explained).expect("JSON"))
    }

    #[test]
    fn it_says_which_constraint_decides() {
        let explained = ask(&json!({
            "className": "Game",
            "where": {"score": {"$gt": 100}},
            "new": {"objectId": "g1", "score": 20},
        }));
        let explained = explained.expect("an answer");
        assert_eq!(explained["event"], Value::Null);
        let text = explained["text"].as_str().expect("a text");
        assert!(text.contains("/score/$gt"), "{text}");
        let tested = &explained["explanation"]["new"]["tested"][0];
        assert_eq!(tested["pointer"], "/score/$gt");
    }

    #[test]
    fn events_are_those_of_the_sides_that_are_there() {
        let event = |old: Value, new: Value| {
            let question =
                json!({"className": "Game", "where": {"score": 5}, "old": old, "new": new});
            ask(&question).map(|explained| explained["event"].clone())
        };
        let (five, six, empty) = (json!({"score": 5}), json!({"score": 6}), json!({}));
        assert_eq!(event(json!(null), five.clone()), Ok(json!("create")));
        assert_eq!(event(six.clone(), five.clone()), Ok(json!("enter")));
        assert_eq!(event(five.clone(), empty), Ok(json!("leave")));
        assert_eq!(event(five, json!(null)), Ok(json!("delete")));
        assert_eq!(event(six, json!(null)), Ok(json!(null)));
        event(json!(null), json!(null)).expect_err("no object");
        event(json!(null), json!([1])).expect_err("no object");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let body = json!({"className": "Game", "where": {"a": {"$regex": "("}}, "new": {}});
        let pointer = answered(&body).err().and_then(|refused| refused.pointer);
        assert_eq!(pointer.as_deref(), Some("/a/$regex"));
        ask(&json!({"className": "Game", "new": {}})).expect_err("no clause");
        ask(&json!({"className": "Game", "where": {}, "new": {}, "user": "u1"}))
            .expect_err("a member that is not known");
    }
}
