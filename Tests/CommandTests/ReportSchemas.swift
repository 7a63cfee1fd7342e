// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A document that a command printed, and the schema that it must fit.
struct ReportDocument {
    /// The command, such as `create bootable`; nil for what is no report of a command.
    let command: String?
    /// The schema, by its name in docs/schema.
    let schema: String
    /// The document.
    let text: String
}

/// The schemas of docs/schema, as Debian's jsonschema reads them.
enum ReportSchemas {
    /// Where they are.
    static let folder = Repository.file("docs/schema")
    /// What describes an input and no report.
    static let inputs: Set = ["site-catalog", "manifest"]

    /// The names of all schemas of reports.
    static func names() throws -> Set<String> {
        let files = try FolderEntry.entries(of: folder).compactMap(\.name)
        try #require(files.allSatisfy { $0.hasSuffix(".schema.json") })
        return Set(files.map { String($0.dropLast(".schema.json".count)) }).subtracting(inputs)
    }

    /// What is wrong with the schemas or with `documents`, a line each.
    ///
    /// Beside what jsonschema looks for: schemas allow no further key and require each, reports have their keys in the
    /// order of the schema and none twice, and every key of a schema has a value in a document, unless its
    /// name begins as one in `unseen` does.
    static func faults(of documents: [ReportDocument], unseen: Set<String>) throws -> [String] {
        let work = try TestFolder()
        for (number, document) in documents.enumerated() {
            try work.write(document.text.utf8, to: "\(document.schema).\(number)")
        }
        try work.write(unseen.sorted().joined(separator: "\n").utf8, to: "unseen")
        // Debian's Python, which has Debian's packages.
        let result = try Program.succeed("/usr/bin/python3", ["-c", script, folder.string, work.path.string])
        return result.output.split(separator: "\n").map(String.init)
    }

    private static let script = """
        import json, pathlib, sys, jsonschema

        folder, work = map(pathlib.Path, sys.argv[1:])
        schemas = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.iterdir())}
        reports = {name for name, schema in schemas.items() if schema["$schema"].endswith("/2020-12/schema")}
        seen, keys = set(), {}

        # Schemas among themselves.
        def look(name, schema, place, optional):
            properties = schema.get("properties")
            if properties is not None:
                required = schema.get("required", [])
                if schema.get("additionalProperties") is not False:
                    print(f"{name}: {place} allows other keys")
                if not optional and required != list(properties):
                    print(f"{name}: {place} does not require its keys in their order")
                for key, value in properties.items():
                    keys[id(value)] = f"{name.split('.')[0]} {place}{key}"
                    if "description" not in value and not value.get("$ref", "").startswith("#/$defs/"):
                        print(f"{name}: {place}{key} is not described")
                    look(name, value, f"{place}{key}.", optional)
            if "items" in schema:
                look(name, schema["items"], place, optional)
            for choice in schema.get("anyOf", []) + schema.get("oneOf", []):
                look(name, choice, place, optional)
            for key, value in schema.get("$defs", {}).items():
                look(name, value, f"{key}:", optional)

        for name, schema in schemas.items():
            jsonschema.validators.validator_for(schema).check_schema(schema)
            if name in reports:
                look(name, schema, "", name == "media-manifest.schema.json")

        # Documents.
        def unique(pairs):
            names = [name for name, _ in pairs]
            if len(set(names)) != len(names):
                raise ValueError(f"a key stands twice: {names}")
            return dict(pairs)

        def validator(name, schema):
            resolver = jsonschema.RefResolver("", schemas[name], store=schemas)
            return jsonschema.Draft202012Validator(schema, resolver=resolver)

        def walk(name, schema, value, place):
            if value is None:
                return
            if "$ref" in schema:
                file, _, pointer = schema["$ref"].partition("#/$defs/")
                name = file or name
                target = schemas[name]["$defs"][pointer] if pointer else schemas[name]
                walk(name, target, value, place)
            for choice in schema.get("anyOf", []) + schema.get("oneOf", []):
                if validator(name, choice).is_valid(value):
                    walk(name, choice, value, place)
            if isinstance(value, dict) and "properties" in schema:
                order = [key for key in schema["properties"] if key in value]
                if list(value) != order:
                    print(f"{place}: its keys stand in another order than in the schema")
                for key in order:
                    if value[key] is not None:
                        seen.add(id(schema["properties"][key]))
                    walk(name, schema["properties"][key], value[key], f"{place}/{key}")
            if isinstance(value, list) and "items" in schema:
                for number, element in enumerate(value):
                    walk(name, schema["items"], element, f"{place}/{number}")

        for path in sorted(work.iterdir()):
            if path.name == "unseen":
                continue
            name = path.name.rsplit(".", 1)[0] + ".schema.json"
            value = json.loads(path.read_text("utf-8"), object_pairs_hook=unique)
            errors = sorted(validator(name, schemas[name]).iter_errors(value), key=str)
            for error in errors:
                print(f"{path.name}: {error.json_path}: {error.message[:300]}")
            if not errors:
                walk(name, schemas[name], value, path.name)

        unseen = [text for text in (work / "unseen").read_text("utf-8").split("\\n") if text]
        for mark, text in sorted(keys.items(), key=lambda item: item[1]):
            if mark not in seen and not text.startswith(tuple(unseen)):
                print(f"no document has a value for {text}")
        for text in unseen:
            if not any(key.startswith(text) for key in keys.values()):
                print(f"no schema has {text}")
        """
}
