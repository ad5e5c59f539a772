//! The roles of a user.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Parse, Unanswered};

/// How many roles are asked for at a time. Parse Server may send fewer (`maxLimit`).
const PAGE: usize = 1_000;

/// How many roles somebody may have. Who has more has more than anybody can look over, and is treated as if their
/// roles could not be found out.
const MOST: usize = 10_000;

#[derive(Deserialize)]
struct Role {
    #[serde(rename = "objectId")]
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Page {
    results: Vec<Role>,
    /// How many there are in all, this page included.
    count: usize,
}

impl Parse {
    /// The roles of a user, those that inherit included, each as `role:` and its name.
    ///
    /// All of them or an error: half an answer is not an answer.
    pub(in crate::access) async fn roles(&self, user: &str) -> Result<Vec<String>, Unanswered> {
        let mut clause = json!({"users": pointer("_User", user)});
        let mut found = HashMap::new();
        loop {
            let roles = self.roles_where(&clause).await?;
            // Roles may contain each other in a circle.
            let new: Vec<_> = (roles.into_iter())
                .filter(|role| !found.contains_key(&role.id))
                .collect();
            if new.is_empty() {
                break;
            }
            let parents: Vec<_> = new.iter().map(|role| pointer("_Role", &role.id)).collect();
            clause = json!({"roles": {"$in": parents}});
            found.extend(new.into_iter().map(|role| (role.id, role.name)));
            check_number(found.len())?;
        }
        let names = found.into_values();
        Ok(names.map(|name| format!("role:{name}")).collect())
    }

    /// All roles that a clause finds, page by page.
    async fn roles_where(&self, clause: &Value) -> Result<Vec<Role>, Unanswered> {
        let mut found: Vec<Role> = Vec::new();
        loop {
            let page = self.page(clause, found.last()).await?;
            let is_last = page.results.len() >= page.count;
            if page.results.is_empty() && !is_last {
                return Err(Unanswered::odd("all of the roles"));
            }
            found.extend(page.results);
            if is_last {
                return Ok(found);
            }
            check_number(found.len())?;
        }
    }

    /// The roles that a clause finds after one of them.
    async fn page(&self, clause: &Value, after: Option<&Role>) -> Result<Page, Unanswered> {
        let mut clause = clause.clone();
        if let Some(last) = after {
            clause["objectId"] = json!({"$gt": last.id});
        }
        let query = json!({
            "where": clause,
            "order": "objectId",
            "limit": PAGE,
            "count": 1,
            "keys": "name",
        });
        match self.ask(self.find("roles", query)).await? {
            Ok(answer) => Ok(answer.body),
            Err(failure) => Err(Unanswered::error(&failure)),
        }
    }
}

fn check_number(roles: usize) -> Result<(), Unanswered> {
    if roles > MOST {
        return Err(Unanswered::odd("an end of roles"));
    }
    Ok(())
}

fn pointer(class_name: &str, id: &str) -> Value {
    json!({"__type": "Pointer", "className": class_name, "objectId": id})
}
