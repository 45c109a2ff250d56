//! Management from the machine itself.

use std::io::BufRead;

use skein_platform::{
    Platform,
    directory::{self, NewMember},
    identity::{self, Language, NewOwner, OrgRole},
};
use skein_types::{OrgId, Problem};

use super::Failure;
use crate::{app::Services, cli::Admin, config::Config};

pub(super) async fn run(config: &Config, command: Admin) -> Result<(), Failure> {
    let services = Services::start(config).await?;
    let platform = &services.platform;
    match command {
        Admin::CreateOrg { name, email, owner, language, time_zone } => {
            let language = parse_language(&language)?;
            let new = NewOwner { name: owner, email, password: read_password()?, language, time_zone };
            let (org, member) =
                identity::create_organization(platform, &name, new).await.map_err(Problem::from)?;
            println!("Made the organisation {org} with its owner {member}.");
        }
        Admin::CreateMember { email, name, role, language, time_zone } => {
            let role = OrgRole::parse(&role).ok_or_else(|| Failure(format!("no role {role}")))?;
            let new = member(email, name, role, &language, time_zone)?;
            let org = only_org(platform).await?;
            let made = directory::create_member(platform, org, new).await.map_err(Problem::from)?;
            println!("Made the member {made}.");
        }
        Admin::ResetPassword { email } => {
            let password = read_password()?;
            directory::reset_password(platform, &email, &password)
                .await
                .map_err(|error| Failure::of(&email, Problem::from(error).detail))?;
            println!("The password is set, and all sessions have ended.");
        }
    }
    platform.db.close().await;
    Ok(())
}

fn member(
    email: String,
    name: String,
    role: OrgRole,
    language: &str,
    time_zone: String,
) -> Result<NewMember, Failure> {
    let language = parse_language(language)?;
    let (title, departments, supervisor) = (String::new(), Vec::new(), None);
    let password = read_password()?;
    Ok(NewMember { email, name, password, role, language, time_zone, title, departments, supervisor })
}

fn parse_language(text: &str) -> Result<Language, Failure> {
    Language::parse(text).ok_or_else(|| Failure(format!("no language {text}")))
}

async fn only_org(platform: &Platform) -> Result<OrgId, Failure> {
    let org = identity::organization(platform).await.map_err(Problem::from)?;
    org.ok_or_else(|| Failure("there is no organisation yet: skein admin create-org".into()))
}

/// The first line of standard input, so that no password stands in a list of processes.
fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| Failure::of("password", error))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure("give the password on standard input, in one line".into()));
    }
    Ok(password.to_owned())
}
