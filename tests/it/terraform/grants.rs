//! Who may do what: every grant in the modules, as a table to be reviewed. A grant that is not here fails the test, and
//! so does one that is wider than here.

use hcl::Expression;
use vizard_tests::repository::assert_none;

use super::module::{Module, key, member, texts, walk, written};

/// Statement, actions, resource as written.
const GRANTS: &[(&str, &str, &str)] = &[
    // The function: reads its configuration, writes its state, logs.
    ("WriteItsLog", "logs:CreateLogStream logs:PutLogEvents", "${aws_cloudwatch_log_group.function.arn}:*"),
    ("ReadParameters", "ssm:GetParameter ssm:GetParameters", "local.readable_parameters"),
    ("WriteState", "ssm:PutParameter ssm:DeleteParameter", "local.writable_parameters"),
    ("ReadSecrets", "secretsmanager:GetSecretValue", "local.readable_secrets"),
    // AWS takes no narrower resource for it; each value in the batch still needs ReadSecrets.
    ("ReadSecretsAtOnce", "secretsmanager:BatchGetSecretValue", "*"),
    ("WriteSecretState", "secretsmanager:PutSecretValue", "local.writable_secrets"),
    // Under every hash, because the version that an apply replaces reads its own rules to the end.
    ("ReadRules", "s3:GetObject", "${aws_s3_bucket.rules[0].arn}/${id}/*/rules.yaml"),
    (
        "QueueCalls",
        "sqs:SendMessage sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes",
        "module.async[0].queue_arn",
    ),
    ("WriteResults", "s3:PutObject", "${module.async[0].bucket_arn}/*"),
    ("WriteSideOutputs", "s3:PutObject", "local.side_outputs"),
    ("UseKey", "kms:Decrypt kms:Encrypt kms:GenerateDataKey", "var.kms_key_arn"),
    // The function for files: reads what came, writes what may leave, sets aside what it could not do.
    ("ReadFiles", "s3:GetObject", "local.inputs"),
    ("WriteFiles", "s3:PutObject s3:AbortMultipartUpload", "local.outputs"),
    // The metadata of an output, which S3 shows only to who may read it all.
    ("SeeWhatIsDone", "s3:GetObject", "local.outputs"),
    ("SetRowsAside", "s3:PutObject s3:AbortMultipartUpload", "local.quarantine"),
    ("TellOfFailedFiles", "sqs:SendMessage", "aws_sqs_queue.failed.arn"),
    // Whoever reads sanitized files.
    ("FetchFiles", "s3:GetObject", "local.files.output"),
    ("ListFiles", "s3:ListBucket", "${local.arn_prefix}:s3:::${local.buckets.output}"),
    ("OpenFiles", "kms:Decrypt", "var.kms_key_arn"),
    // Callers: call, and fetch what was answered later.
    ("CallTheUrl", "lambda:InvokeFunctionUrl", "local.function_arn ${local.function_arn}:live"),
    ("OnlyByTheUrl", "lambda:InvokeFunction", "local.function_arn ${local.function_arn}:live"),
    ("CallTheApi", "execute-api:Invoke", "${api.execution_arn}/*"),
    ("FetchResults", "s3:GetObject", "${module.async[0].bucket_arn}/*"),
    ("SeeThatAResultIsMissing", "s3:ListBucket", "module.async[0].bucket_arn"),
    ("ReadResults", "kms:Decrypt", "var.kms_key_arn"),
    // Who takes on a role: the service, and the callers that the operator names.
    ("", "sts:AssumeRole", "{\n  Service = \"lambda.amazonaws.com\"\n}"),
    ("Principals", "sts:AssumeRole", "{\n  AWS = sort(var.callers.principals)\n}"),
    ("GoogleServiceAccounts", "sts:AssumeRoleWithWebIdentity", "{\n  Federated = \"accounts.google.com\"\n}"),
];

#[test]
fn nobody_may_do_more_than_is_written_here() {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for module in Module::all() {
        module.walk(&mut |file, it| {
            let Expression::Object(statement) = it else { return };
            let Some(effect) = member(statement, "Effect") else { return };
            let place = format!("{}/{file}", module.folder);
            let text = |name| member(statement, name).map(|it| texts(it).join(" "));
            let resource = match member(statement, "Resource") {
                Some(Expression::ForExpr(it)) => Some(texts(&it.value_expr).join(" ")),
                Some(it) => Some(texts(it).join(" ")),
                None => text("Principal"),
            };
            let grant = (text("Sid").unwrap_or_default(), text("Action").unwrap(), resource.unwrap());
            let plain = |it: &str| it.trim_matches('"').replace("\"\n", "\n").to_owned();
            let grant =
                (grant.0, grant.1, plain(&grant.2).replace("\" \"", " ").replace('"', "").trim().to_owned());
            match texts(effect)[0].as_str() {
                "Allow" => found.push((place, grant)),
                // What is forbidden may be wide: no call without TLS.
                "Deny" => {
                    let tls = member(statement, "Condition").map(written).unwrap_or_default();
                    if grant.0 != "OnlyOverTls" || !tls.contains("aws:SecureTransport") {
                        problems.push(format!("{place}: {} denies something else", grant.0));
                    }
                }
                other => problems.push(format!("{place}: {other} is no effect")),
            }
        });
    }
    for (place, (sid, action, resource)) in &found {
        let known =
            |it: &&(&str, &str, &str)| it.0 == sid && it.1 == action && it.2.replace('"', "") == *resource;
        if !GRANTS.iter().any(|it| known(&it)) {
            problems.push(format!("{place}: {sid} grants {action} on {resource}"));
        }
        if action.contains('*') || (resource == "*" && sid != "ReadSecretsAtOnce") {
            problems.push(format!("{place}: {sid} grants everything"));
        }
    }
    for (sid, action, _) in GRANTS {
        if !found.iter().any(|(_, it)| it.0 == *sid && it.1 == *action) {
            problems.push(format!("{sid} is not granted any more"));
        }
    }
    assert_none(&problems);
}

/// The function writes below its state paths alone, and no path of configuration can be one of them.
#[test]
fn the_state_path_is_the_only_one_that_the_function_writes() {
    let module = Module::read(super::FUNCTION);
    let locals = module.locals();
    for name in ["writable_parameters", "writable_secrets"] {
        let Expression::ForExpr(it) = locals[name] else { panic!("{name} is made from the paths") };
        assert_eq!(written(&it.collection_expr), "local.state_paths", "{name}");
        assert!(written(&it.value_expr).ends_with("${path}*\""), "{name}: {}", written(&it.value_expr));
    }
    assert!(written(locals["state_paths"]).ends_with("local.connectors[id].state_path]"));

    let mut paths = Vec::new();
    walk(locals["connectors"], &mut |it| {
        if let Expression::Object(members) = it {
            let of_path = members.iter().filter(|(it, _)| key(it).ends_with("_path"));
            paths.extend(of_path.map(|(name, it)| (key(name), written(it))));
        }
    });
    assert_eq!(
        paths,
        [
            ("config_path".to_owned(), "\"/${var.name}/${id}/config/\"".to_owned()),
            ("state_path".to_owned(), "\"/${var.name}/${id}/state/\"".to_owned()),
        ]
    );
}

/// What is read is the input alone, and what is written is neither the input nor read again from the quarantine.
#[test]
fn the_function_for_files_reads_the_input_and_writes_elsewhere() {
    let module = Module::read(super::FILES_ON_AWS);
    let locals = module.locals();
    assert_eq!(texts(locals["inputs"]), ["local.files.input"]);
    for (name, elsewhere) in
        [("outputs", "!contains([\"input\", \"quarantine\"], key)"), ("quarantine", "key == \"quarantine\"")]
    {
        let Expression::ForExpr(it) = locals[name] else { panic!("{name} is made from the places") };
        assert_eq!(it.cond_expr.as_ref().map(written).as_deref(), Some(elsewhere), "{name}");
    }
}
