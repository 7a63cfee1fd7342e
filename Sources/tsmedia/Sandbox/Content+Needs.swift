// SPDX-License-Identifier: GPL-3.0-or-later

import Confinement
import DistributionPoints
import Support
import SystemPackage

extension LibraryOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) { for library in libraries { needs.readLibrary(FilePath(library)) } }
}

extension ContentList: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension ContentShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension ContentVerify: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension ContentAdd: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read(FilePath(source))
        needs.changeLibrary(FilePath(library))
    }
}

extension ContentRemove: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.changeLibrary(FilePath(library)) }
}

extension ContentFetch: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.add(sequence, further)
        needs.useContent(of: distributionPoints, servers, store: store)
        if let to { needs.changeLibrary(FilePath(to)) }
    }
}

extension StoreOptions: Needing {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.change(store.map { FilePath($0) } ?? ContentStore.defaultFolder)
    }
}

extension StoreShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension StoreVerify: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension StorePrune: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.add(options) }
}

extension LedgerShow: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.read(options.ledger.path) }
}

extension LedgerForget: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) { needs.write(options.ledger.path) }
}

extension LedgerList: ConfinedCommand {
    func addNeeds(to needs: inout ProcessNeeds) {
        needs.read(options.ledger.path)
        needs.add(asked)
        guard !locations.isEmpty else { return }
        needs.use(locations, proxy: asked.access.proxy)
        needs.useStore(nil)
        needs.useTemporaryFolders()
    }
}
