//! A rule file larger than any that people write: a hundred endpoints with thirty paths each.

use std::fmt::Write;

pub(crate) const ENDPOINTS: usize = 100;
pub(crate) const PATHS: usize = 3000;

/// Ten paths of each of three transforms: names, unions, elements and every depth. Every other endpoint lists its
/// fields.
pub(crate) fn rule_file() -> String {
    let mut yaml = String::from("endpoints:\n");
    for endpoint in 0..ENDPOINTS {
        write(&mut yaml, endpoint).expect("text takes whatever is written");
    }
    yaml
}

fn write(yaml: &mut String, endpoint: usize) -> std::fmt::Result {
    writeln!(yaml, "- pathTemplate: \"/v1/area{endpoint:02}/{{id}}/records\"")?;
    writeln!(yaml, "  allowedMethods: [\"GET\"]")?;
    writeln!(yaml, "  allowedQueryParams: [\"page_size\", \"next_page_token\"]")?;
    writeln!(yaml, "  queryParamSchemas: {{ page_size: {{ type: integer }} }}")?;
    writeln!(yaml, "  pathParameterSchemas: {{ id: {{ pattern: '[A-Za-z0-9_-]{{22}}' }} }}")?;
    if endpoint.is_multiple_of(2) {
        schema(yaml)?;
    }
    writeln!(yaml, "  transforms:")?;
    for (step, transform) in ["pseudonymize", "redact", "textDigest"].iter().enumerate() {
        writeln!(yaml, "  - !<{transform}>\n    jsonPaths:")?;
        for n in step * 10..step * 10 + 10 {
            let path = match n % 5 {
                0 => format!("$.records[*].field{n}"),
                1 => format!("$.records[*].nested{n}.field{n}"),
                2 => format!("$.records[*]['field{n}','other{n}']"),
                3 => format!("$.records[*].list{n}[*].field{n}"),
                _ => format!("$..deep{n}"),
            };
            writeln!(yaml, "    - \"{path}\"")?;
        }
    }
    Ok(())
}

/// Each field that the paths of [`write`] name, and as many that no path names.
fn schema(yaml: &mut String) -> std::fmt::Result {
    writeln!(yaml, "  responseSchema:\n    type: object\n    properties:")?;
    writeln!(yaml, "      next_page_token: {{ type: string }}")?;
    writeln!(
        yaml,
        "      records:\n        type: array\n        items:\n          type: object\n          properties:"
    )?;
    for n in 0..30 {
        writeln!(yaml, "            kept{n}: {{ type: integer }}")?;
        let field = format!("type: object, properties: {{ field{n}: {{ type: string }} }}");
        match n % 5 {
            0 => writeln!(yaml, "            field{n}: {{ type: string }}")?,
            1 => writeln!(yaml, "            nested{n}: {{ {field} }}")?,
            2 => writeln!(
                yaml,
                "            field{n}: {{ type: string }}\n            other{n}: {{ type: string }}"
            )?,
            3 => writeln!(yaml, "            list{n}: {{ type: array, items: {{ {field} }} }}")?,
            _ => writeln!(yaml, "            deep{n}: {{ type: string }}")?,
        }
    }
    Ok(())
}
