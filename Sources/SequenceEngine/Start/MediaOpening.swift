// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support

/// Media whose variables are open.
struct UnlockedMedia {
    /// The media.
    let media: StartedMedia
    /// The password that opened it; nil for media without one.
    let password: MediaPassword?
    /// Its variables.
    let variables: MediaVariableList
}

/// Opens media with the password that somebody types.
struct MediaOpening {
    private let presenter: Presenter
    private let log: EngineLog
    private let interruption: Interruption

    init(_ presenter: Presenter, _ log: EngineLog, _ interruption: Interruption) {
        self.presenter = presenter
        self.log = log
        self.interruption = interruption
    }

    /// Asks for the password where there is one, and opens the variables.
    ///
    /// - Throws: ``EngineError`` `.password`; `Presenter.NobodyAnswers`; `MediaVariablesError` for damaged ones.
    func open(_ media: StartedMedia) throws -> UnlockedMedia {
        guard media.bootstrap.passwordRequired else {
            return UnlockedMedia(media: media, password: nil, variables: try media.variables(nil))
        }
        var problem: String?
        for attempt in 1...StartedMedia.passwordTries {
            guard let typed = try ask(media, problem) else { throw Self.wrongPassword("is wrong") }
            let password = MediaPassword(typed)
            do {
                return UnlockedMedia(media: media, password: password, variables: try media.variables(password))
            } catch let error as MediaVariablesError {
                guard error.code == .wrongPassword else { throw error }
                log.warning("the password is wrong (try \(attempt) of \(StartedMedia.passwordTries))")
                problem = "The password is wrong. Check the keyboard's layout and the Caps Lock key."
            }
        }
        throw Self.wrongPassword("was wrong \(StartedMedia.passwordTries) times")
    }

    private static func wrongPassword(_ problem: DiagnosticText) -> EngineError {
        EngineError(
            .password, "the password", problem,
            nextStep: "start the computer again, and ask for the password whoever made the media")
    }

    /// Asks for the password; nil when nobody answers who gave a wrong one before.
    private func ask(_ media: StartedMedia, _ problem: String?) throws -> String? {
        do {
            return try presenter.ask(
                "password", title: media.label ?? "Task sequence media",
                text: ["This media is protected. Enter its password."], isSecret: true, problem: problem,
                interruption: interruption)
        } catch let error as Presenter.NobodyAnswers {
            guard problem != nil else { throw error }
            return nil
        }
    }
}
