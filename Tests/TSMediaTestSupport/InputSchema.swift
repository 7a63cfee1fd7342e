// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Testing

/// Schemas of YAML files that the program reads; Debian's jsonschema and PyYAML are the witnesses.
public enum InputSchema {
    /// Whether the schema `name` of docs/schema accepts each of `documents`.
    public static func accepts(_ documents: [String], _ name: String) throws -> [Bool] {
        let folder = try TestFolder()
        let files = try documents.enumerated().map { try folder.write($1.utf8, to: "\($0).yaml").string }
        let script = """
            import json, sys, yaml, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft7Validator.check_schema(schema)
            validator = jsonschema.Draft7Validator(schema)
            for name in sys.argv[2:]:
                print('yes' if validator.is_valid(yaml.safe_load(open(name, encoding='utf-8'))) else 'no')
            """
        let schema = Repository.file("docs/schema/\(name).schema.json").string
        // Debian's Python, which has Debian's packages.
        let result = try Program.succeed("/usr/bin/python3", ["-c", script, schema] + files)
        let answers = result.output.split(separator: "\n").map { $0 == "yes" }
        try #require(answers.count == documents.count)
        return answers
    }
}
