# What this release ships, by source. Written by `UPDATE=1 cargo test -p vizard-tests --test it terraform` from rules/,
# so that a package with other rules needs this module's version of the same release.

locals {
  # The SHA-256 of rules/<source>/rules.yaml.
  shipped_rules_sha256 = {
    zoom = "177666bf1bd5fa486eef5bcd7569ced799b96bcef496aff6bf4fba73feb519cf"
  }

  # What the operator sets, from rules/<source>/connector.yaml; what all connectors share stands in secrets.tf.
  shipped_secrets = {
    zoom = {
      CLIENT_ID     = "the client id of the Server-to-Server OAuth app"
      CLIENT_SECRET = "the client secret of the same app; a regenerated secret replaces this one at once"
      ACCOUNT_ID    = "the id of the Zoom account that the app belongs to, 22 characters; not the account number of the profile page"
    }
  }
}
