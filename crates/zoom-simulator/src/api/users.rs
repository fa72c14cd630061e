//! `/users` and `/users/{id}`.

use serde_json::{Value, json};

use super::Call;
use crate::dice::{ALPHANUMERIC, BASE64_URL, DIGITS};
use crate::problem::Problem;
use crate::world::calendar::{DAY, OFFICES, instant_text};
use crate::world::cast::COMPANY;
use crate::world::users::{Status, User};

pub(super) fn list(call: Call<'_>) -> Result<Value, Problem> {
    let wanted = match call.query.get("status") {
        None | Some("" | "active") => Status::Active,
        Some("inactive") => Status::Inactive,
        Some("pending") => Status::Pending,
        Some(_) => {
            let message = "The value must be one of active, inactive, pending.";
            return Err(Problem::FieldInvalid { field: "status", message });
        }
    };
    let indices: Vec<u32> =
        (0..call.world.users).filter(|index| call.world.status(*index) == wanted).collect();
    let extra = call.query.get("include_fields").unwrap_or_default();
    let mut body = call.page("users", &indices, |index| {
        let mut user = listed(call, &call.world.user(*index));
        if extra.contains("host_key") {
            user["host_key"] = call.world.host_key(*index).into();
        }
        if extra.contains("custom_attributes") {
            user["custom_attributes"] = custom_attributes(call, *index);
        }
        user
    })?;
    let page = call.pages.requested(call.path, call.query, call.now)?;
    body.insert("page_number".into(), (page.offset / page.size + 1).into());
    Ok(body.into())
}

pub(super) fn one(call: Call<'_>) -> Result<Value, Problem> {
    let index = call.user()?;
    let user = call.world.user(index);
    let office = &OFFICES[user.office];
    let manager = call.world.manager(index).map(|manager| call.world.user(manager).email).unwrap_or_default();
    let phone = call.world.phone(index);
    let number = phone.split_once(' ').map_or("", |(_, number)| number);
    let mut body = listed(call, &user);
    let more = json!({
        "account_id": call.world.account_id,
        "account_number": 3_000_000 + call.world.dice.roll("account", 0, 0).below(900_000),
        "cms_user_id": call.world.dice.text("cms", index.into(), 0, 22, BASE64_URL),
        "company": COMPANY,
        "job_title": user.title,
        "location": office.city,
        "manager": manager,
        "jid": format!("{}@xmpp.zoom.us", user.id.to_lowercase()),
        "login_types": [100, 101],
        "personal_meeting_url": join_url(call, user.pmi),
        "vanity_url": format!("https://lumen-orchard.zoom.us/my/{}", user.email.split('@').next().unwrap_or("")),
        "host_key": call.world.host_key(index),
        "phone_country": office.country,
        "phone_numbers": [{
            "code": office.dial.split(' ').next(), "country": office.country, "label": "Office",
            "number": number, "verified": true,
        }],
        "pronouns": *call.world.dice.roll("pronouns", index.into(), 0).pick(&["", "she/her", "he/him", "they/them"]),
        "pronouns_option": 1,
        "role_name": if index == 0 { "Owner" } else { "Member" },
        "use_pmi": index % 7 == 3,
        "cluster": "eu02",
        "zoom_one_type": 16,
        "custom_attributes": custom_attributes(call, index),
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    Ok(body)
}

/// The link that lets anybody in, passcode included.
pub(super) fn join_url(call: Call<'_>, number: u64) -> String {
    format!("https://lumen-orchard.zoom.us/j/{number}?pwd={}", call.world.link_passcode(number))
}

/// The link that lets anybody in as the host.
pub(super) fn start_url(call: Call<'_>, number: u64, host_id: &str) -> String {
    let dice = call.world.dice;
    let part = |n| dice.text("start link", number, n, 48, BASE64_URL);
    format!("https://lumen-orchard.zoom.us/s/{number}?zak={}.{host_id}.{}", part(0), part(1))
}

/// The fields that both answers have.
fn listed(call: Call<'_>, user: &User) -> Value {
    let (world, index) = (call.world, user.index);
    let i = u64::from(index);
    let created = world.calendar.begin() - world.dice.roll("created", i, 0).between(1, 900) * DAY - 28_737;
    let login = call.now - world.dice.roll("login", i, 0).between(600, 20 * DAY);
    let version = world.dice.roll("version", i, 0).below(40) + 10;
    json!({
        "id": user.id,
        "first_name": user.first,
        "last_name": user.last,
        "display_name": user.display(),
        "email": user.email,
        "type": world.licence(index),
        "pmi": user.pmi,
        "timezone": OFFICES[user.office].zone,
        "verified": 1,
        "dept": user.department,
        "created_at": instant_text(created),
        "user_created_at": instant_text(created + 4),
        "last_login_time": instant_text(login),
        "last_client_version": format!("6.3.{version}.{}(mac)", world.dice.text("build", version, 0, 5, DIGITS)),
        "pic_url": format!(
            "https://lumen-orchard.zoom.us/p/v2/{}/{}?type=large",
            user.id,
            world.dice.text("picture", i, 0, 36, ALPHANUMERIC)
        ),
        "language": "en-US",
        "phone_number": world.phone(index).replace(' ', ""),
        "group_ids": [world.dice.text("group", user.department.len() as u64, 0, 22, BASE64_URL)],
        "im_group_ids": [format!("{COMPANY} {} chat", user.department)],
        "status": world.status(index).word(),
        "role_id": if index == 0 { "0" } else { "2" },
        "employee_unique_id": world.employee_number(index),
        "plan_united_type": "16",
    })
}

fn custom_attributes(call: Call<'_>, index: u32) -> Value {
    json!([{
        "key": "cbf_cywdkexrtqc73f97gd4w6g",
        "name": "Emergency contact",
        "value": format!("Call {} first", call.world.guest(u64::from(index) * 7 % 9_990).name),
    }])
}
