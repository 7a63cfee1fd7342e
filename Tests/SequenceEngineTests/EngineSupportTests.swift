// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Testing

@testable import SequenceEngine

@Suite("what the lint says of the engine")
struct EngineSupportTests {
    @Test("the lint and the engine know the same classes of WMI")
    func classes() { #expect(Set(ManagementClasses.names) == EngineSupport.managementClasses) }

    @Test("steps of the engine are among those that the lint lets pass, in the same places")
    func steps() {
        for type in StepActions.standard.types {
            #expect(EngineSupport.stepTypes.contains(type), "\(type)")
            #expect(
                (StepActions.standard[type]?.phase == .anyTime) == EngineSupport.stepTypesBehindSetup.contains(type),
                "\(type)")
        }
    }
}
