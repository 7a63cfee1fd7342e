// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// The demo task sequence with something added.
enum SequenceVariation {
    /// `_SMSTSMediaType notEquals FullMedia`, which keeps a step from running on stand-alone media.
    static let mediaGuard = """
        <condition><expression type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">notEquals\
        </variable><variable name="Value">FullMedia</variable><variable name="Variable">_SMSTSMediaType</variable>\
        </expression></condition>
        """

    /// A step.
    static func step(
        _ type: String, _ name: String, _ properties: [String: String] = [:], condition: String = "",
        action: String = "x.exe"
    ) -> String {
        let variables = properties.sorted { $0.key < $1.key }.map {
            "<variable name=\"\($0.key)\" property=\"\($0.key)\">\($0.value)</variable>"
        }
        let element = type == "SubTasksequence" ? "subtasksequence" : "step"
        return """
            <\(element) type="SMS_TaskSequence_\(type)" name="\(name)" description="" successCodeList="0" \
            retryCount="0" runFromNet="false">\(condition)<action>\(action)</action>\
            <defaultVarList>\(variables.joined())</defaultVarList></\(element)>
            """
    }

    /// The option for a catalog that knows the demo's application, which the bare sequence names without its package.
    static func catalog(of session: CommandSession) throws -> [String] {
        let text = """
            applications:
              - {name: Reader, modelName: \(DemoSite.applicationModelName), packageId: \(DemoSite.applicationPackage)}
            """
        return ["--catalog", try session.work.write(text.utf8, to: "demo.yaml").string]
    }

    /// A file in the session's own folder with the demo's bare sequence and `steps` at its end, in a group.
    static func write(_ steps: String, of session: CommandSession, to name: String = "sequence.xml") throws -> FilePath
    {
        let demo = String(decoding: try SmallFile.read(session.demo.taskSequence), as: UTF8.self)
        let group = "<group name=\"Further\" description=\"\">\(steps)</group></sequence>"
        return try session.work.write(demo.replacing("</sequence>", with: group).utf8, to: name)
    }
}
