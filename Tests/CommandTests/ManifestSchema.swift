// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import MediaBuilder
import Support
import TSMediaTestSupport

@testable import tsmedia

/// The environment of the tests.
enum Environment {
    /// Whether the variable `name` is set.
    static func has(_ name: String) -> Bool { getenv(name) != nil }
}

/// The JSON Schema of manifests, made from the options that `create` has.
enum ManifestSchema {
    /// A key, and which kinds have it.
    private struct Key {
        let key: ManifestVocabulary.Key
        let description: String
        let values: [String]
        var types: [String]
    }

    /// The text of docs/schema/manifest.schema.json.
    static func text() throws -> String {
        let keys = keys()
        let settings = keys.keys.sorted().compactMap { name in keys[name].map { property(name, $0, keys) } }
        let own = [
            ##""type": { "description": "The kind of media.", "enum": ["bootable", "capture", "standalone", "prestaged"] }"##,
            ##""from": { "description": "The template or the media that it is like.", "$ref": "#/definitions/text" }"##,
            ##""matrix": { "description": "Values by name: media is built for each combination.", "type": "object", "additionalProperties": { "$ref": "#/definitions/list" } }"##,
            ##""exclude": { "description": "Combinations that are not built.", "$ref": "#/definitions/combinations" }"##,
            ##""include": { "description": "Combinations that are built too.", "$ref": "#/definitions/combinations" }"##,
            ##""fleet": { "description": "CSV or YAML file of computer models (prestaged).", "$ref": "#/definitions/text" }"##,
        ]
        let name =
            ##""name": { "description": "How it is called; no two media have one name.", "$ref": "#/definitions/text" }"##
        func object(_ properties: [String], indent: String) -> String {
            "\"properties\": {\n" + properties.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)}"
        }
        return """
            {
              "$schema": "http://json-schema.org/draft-07/schema#",
              "title": "Manifest of tsmedia build",
              "description": "Asks for media: its keys are the options of tsmedia create without the hyphens.",
              "type": "object",
              "additionalProperties": false,
              "required": ["media"],
              "properties": {
                "defaults": { "description": "What is said of all media that has these keys.", "$ref": "#/definitions/defaults" },
                "templates": {
                  "description": "What media can be like, by name.",
                  "type": ["object", "null"],
                  "additionalProperties": { "$ref": "#/definitions/template" }
                },
                "media": { "description": "The media.", "type": "array", "minItems": 1, "items": { "$ref": "#/definitions/media" } }
              },
              "definitions": {
                "text": { "type": ["string", "number", "boolean", "null"] },
                "list": { "anyOf": [{ "$ref": "#/definitions/text" }, { "type": "array", "items": { "$ref": "#/definitions/text" } }] },
                "pairs": {
                  "anyOf": [
                    { "$ref": "#/definitions/list" },
                    { "type": "object", "additionalProperties": { "$ref": "#/definitions/text" } }
                  ]
                },
                "flag": { "anyOf": [{ "type": ["boolean", "null"] }, { "type": "string", "pattern": "^(true|false|.*[$][{].*)$" }] },
                "combinations": {
                  "anyOf": [
                    { "$ref": "#/definitions/combination" },
                    { "type": "array", "items": { "$ref": "#/definitions/combination" } }
                  ]
                },
                "combination": { "type": "object", "minProperties": 1, "additionalProperties": { "$ref": "#/definitions/text" } },
                "defaults": {
                  "type": ["object", "null"],
                  "additionalProperties": false,
                  \(object([own[0]] + settings, indent: "      "))
                },
                "template": {
                  "type": ["object", "null"],
                  "additionalProperties": false,
                  \(object(own + settings, indent: "      "))
                },
                "media": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["name"],
                  \(object([name] + own + settings, indent: "      "))
                }
              }
            }

            """
    }

    private static func keys() -> [String: Key] {
        var keys: [String: Key] = [:]
        for (type, command) in BuildVocabulary.types {
            let arguments = CommandDescription(of: command)?.visible ?? []
            for key in BuildVocabulary.keys(of: command) {
                let argument = arguments.first { $0.keyName == key.name }
                keys[
                    key.name,
                    default: Key(
                        key: key, description: argument?.abstract ?? "", values: argument?.allValues ?? [], types: [])
                ].types.append(type)
            }
        }
        return keys
    }

    private static func property(_ name: String, _ key: Key, _ all: [String: Key]) -> String {
        let form =
            switch key.key.form {
            case .flag: "flag"
            case .value: "text"
            case .list: key.key.isPair ? "pairs" : "list"
            }
        let kinds = key.types.count == BuildVocabulary.types.count ? "" : " (\(key.types.joined(separator: ", ")))"
        let description = (key.description + kinds).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(name)\": { \"description\": \"\(description)\", \"$ref\": \"#/definitions/\(form)\" }"
    }
}
