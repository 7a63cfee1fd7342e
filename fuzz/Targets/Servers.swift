// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import JSON
import Support

@testable import Servers
@testable import Shares
@testable import Site

extension FuzzTarget {
    private static let host = ServedHost(host: "dp", port: 80)

    /// What servers answer.
    static let servers = [
        FuzzTarget(
            "html-listing",
            words: ["<br>", "&lt;dir&gt;", "<a href=\"", "http://dp/", "%2e%2e", "%5c", "<A HREF='", "?"],
            texts: """
                <html><body><pre><A HREF="/a/">[To Parent Directory]</A><br> 1/1/2024 1:00 AM &lt;dir&gt; \
                <A HREF="/a/b/c/">c</A><br> 1/1/2024  1:00 AM  123 <A HREF="/a/b/d.txt">d.txt</A><br></pre></body></html>
                """
        ) { input in
            let listing = try FolderListing(html: input, folder: ["a", "b"], on: host)
            try check(listing)
        },
        FuzzTarget(
            "dav-listing",
            words: ["<D:response>", "<D:href>", "<D:collection/>", "http://dp/a/b/", "&#x2F;", "<![CDATA["],
            texts: """
                <?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>http://dp/a/b/</D:href>\
                <D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat></D:response>\
                <D:response><D:href>/a/b/c.txt</D:href></D:response></D:multistatus>
                """
        ) { input in
            let listing = try FolderListing(dav: input, folder: ["a", "b"], on: host)
            try check(listing)
        },
        FuzzTarget(
            "admin-service", words: SiteClass.allCases.map(\.rawValue) + ["@odata.nextLink", "\"value\":["],
            texts: """
                {"@odata.context":"x","value":[{"PackageID":"ABC00001","Name":"N","SourceSite":"ABC","Version":"1",\
                "SourceVersion":3,"LastRefreshTime":"2024-01-01T00:00:00Z","ModelName":"M","LocalizedDisplayName":"L",\
                "SDMPackageXML":"<a/>","SiteCode":"ABC","ServerName":"s","IsLatest":true}],\
                "@odata.nextLink":"https://site.example/AdminService/wmi/SMS_Package?$skip=1"}
                """
        ) { input in
            let service = AdminService(try SiteLocation("https://site.example"), ServerAccess())
            for type in [SiteClass.package, .application, .taskSequence, .site] {
                _ = try service.read(input, type, "https://site.example/AdminService/wmi/x") { entity in
                    _ = try? SitePackage(entity, .package)
                    _ = try? SiteApplication(entity)
                    _ = try? SiteTaskSequence(entity)
                    _ = try? SiteIdentity(entity)
                    _ = try? SiteDistributionPoint(entity)
                    _ = try? SiteManagementPoint(entity)
                    _ = try? SiteCertificate(entity)
                }
            }
        },
        FuzzTarget(
            "application-digest",
            words: ["AppMgmtDigest", "DeploymentType", "Supersedes", "Dependencies", "LogicalName"],
            texts: """
                <?xml version="1.0" encoding="utf-16"?><AppMgmtDigest xmlns="http://schemas.microsoft.com/SystemCenterConfigurationManager/2009/AppMgmtDigest">\
                <Application AuthoringScopeId="ScopeId_A" LogicalName="Application_B" Version="1"></Application>\
                <DeploymentType AuthoringScopeId="ScopeId_A" LogicalName="DeploymentType_C" Version="1"><Installer>\
                <Contents><Content ContentId="Content_D" Version="1"/></Contents></Installer></DeploymentType></AppMgmtDigest>
                """
        ) { input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = try ApplicationDigest(text, name: "input")
        },
        FuzzTarget(
            "management-point", words: ["MPList", "UnknownMachines", "x64UnknownMachineGUID", "SITECODE", "SSLState"],
            texts: """
                <MPList><MP Name="M" FQDN="m.example.com"><Version>1</Version><Capabilities SchemaVersion="1.0">\
                <Property Name="SSLState" Value="63"/></Capabilities></MP></MPList>
                """,
            "<MPKEYINFORMATIONMEDIA><SITECODE>ABC</SITECODE><UnknownMachines x64UnknownMachineGUID=\"g\"/></MPKEYINFORMATIONMEDIA>"
        ) { input in
            let service = ManagementPointService(
                ManagementPointLocation("http://mp.example.com")!, ServerAccess())  // It is one.
            _ = try? service.points(in: input)
            _ = try service.keys(in: input)
        },
        FuzzTarget(
            "credentials", words: ["machine ", "default", "login ", "password ", "macdef "],
            texts: "# c\n* user pass word\nserver DOM\\user p\n",
            "machine a login b password c\ndefault login d password e"
        ) { input in
            _ = ServerCredentials(netrc: input)
            _ = try ServerCredentials(lines: input, name: "input")
        },
        FuzzTarget(
            "locations", words: ["https://", "smb://", "\\\\", "[::1]", "%00", "@", ":65536"],
            texts: "https://site.example:443/AdminService", "\\\\server\\share\\folder", "smb://u@h/s/p",
            "Sun, 06 Nov 1994 08:49:37 GMT"
        ) { input in
            guard let text = String(validating: input, as: UTF8.self) else { return }
            _ = try? SiteLocation(text)
            _ = ManagementPointLocation(text)
            _ = try? ShareLocation(text)
            _ = ServerAuthority.split(text[...])
            _ = PercentEncoding.decoded(text)
            _ = LocationForm(text)
            _ = HTTPDate.unixSeconds(text)
            _ = host.names(of: text, from: ["a", "b"])
            MediaPathProbe.read(text)
        },
    ]

    /// No name of a list leads out of its folder.
    private static func check(_ listing: FolderListing) throws {
        for member in listing.members {
            precondition(
                !member.name.isEmpty && !member.name.contains("/") && member.name != ".." && member.name != ".")
        }
    }
}

/// Names and paths as others write them.
enum MediaPathProbe {
    static func read(_ text: String) {
        if let path = try? MediaPath(text) {
            precondition(!path.components.contains { $0 == ".." || $0 == "." || $0.isEmpty || $0.contains("/") })
        }
        _ = PackageID(text)
        _ = ContentID(text)
        _ = GUID(text)
        _ = try? ByteCountText.parse(text)
    }
}
