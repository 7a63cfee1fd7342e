// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import Support
import SystemPackage

extension AskedSite: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(access)
        needs.readSecret(site.siteTokenFile)
        if let site = site.site { needs.ask(site, proxy: access.proxy) }
    }
}

extension SiteListCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options.asked) }
}

extension BlockingCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options.asked) }
}

extension SiteShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(asked) }
}

extension SiteCatalogCommand: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(output, asked) }
}

extension SitePoliciesCommand: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(output, asked) }
}

extension SiteRegister: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.readMedia(media)
        needs.readSecret(passwordFile)
        needs.add(asked)
    }
}
