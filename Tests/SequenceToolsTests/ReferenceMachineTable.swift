// SPDX-License-Identifier: GPL-3.0-or-later

/// What the notes on the format say of the build-and-capture wizard (task-sequence.md section 4, and the properties,
/// variables and action lines of step-catalog.json), written down by hand as ``SequenceFacts`` shows it.
enum ReferenceMachineTable {
    /// The current names, everything chosen.
    static let current = lines(
        prepareClient: "Prepare Configuration Manager Client", prepareSystem: "Prepare OS", joinsWorkgroup: false)
    /// The names of 2016, and its further step.
    static let of2016 = lines(
        prepareClient: "Prepare ConfigMgr Client", prepareSystem: "Prepare Operating System", joinsWorkgroup: true)

    private static func lines(prepareClient: String, prepareSystem: String, joinsWorkgroup: Bool) -> [String] {
        (start + build + end + group("Capture the Reference Machine") + (joinsWorkgroup ? joinWorkgroup : [])
            + [
                "step \(prepareClient)",
                "  PrepareSMSClientAction runIn=FullOS successCodeList=0 retryCount=0 runFromNet=false",
                "  runs osdpreparesmsclient.exe",
                "step \(prepareSystem)",
                "  PrepareOSAction runIn=FullOS successCodeList=0 retryCount=0 runFromNet=false",
                "  runs osdprepareos.exe /activate:%OSDKeepActivation% /bmsd:%OSDBuildStorageDriverList% "
                    + "/shutdown:%OSDShutdownPreparedOs%",
                "  OSDBuildStorageDriverList BuildStorageDriverList=false",
                "  OSDKeepActivation KeepActivation=false",
                "  OSDShutdownPreparedOs ShutdownPreparedOs=false",
                "step Capture the Reference Machine",
                "  CaptureSystemImageAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
                "  runs osdcapturesystemimage.exe",
                #"  OSDCaptureDestination CaptureDestination=\\server\share\reference.wim"#,
                "  OSDCaptureAccountPassword CapturePassword=capture secret",
                #"  OSDCaptureAccount CaptureUsername=EXAMPLE\capture"#,
                "  OSDImageCreator ImageCreator=somebody",
                "  OSDImageDescription ImageDescription=an image",
                "  OSDImageVersion ImageVersion=1.0",
            ] + end)
    }

    private static func group(_ name: String) -> [String] { ["group \(name)"] }
    private static let end = ["end"]

    private static let start = [
        "reference ABC00004", "reference ABC00002",
        "reference ScopeId_A1/Application_b2", "reference ScopeId_A1/Application_c3",
        // Global properties stand here too, and not hidden (section 1).
        "global OSDEnableTCPIPFiltering EnableTCPIPFiltering=false", "global OSDAdapterCount NumAdapters=0",
    ]

    private static let partitionConditions = [
        "  if _SMSTSClientCache notExists", "  if _SMSTSMediaType notEquals OEMMedia",
        "  if _OSDMigrateUseHardlinks notEquals true",
    ]

    private static let build =
        group("Build the Reference Machine")
        + [
            "step Restart in Windows PE",
            "  RebootAction runIn=WinPEandFullOS successCodeList=0 retryCount=0 runFromNet=false",
            "  if _SMSTSInWinPE equals false",
            "  runs smsboot.exe /target:WinPE",
            "  SMSRebootTimeout MessageTimeout=10",
            "  hidden SMSRebootTarget Target=WinPE",
            "step Partition Disk 0 - BIOS",
            "  PartitionDiskAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
        ] + partitionConditions
        + [
            "  if _SMSTSBootUEFI notEquals true",
            "  runs osddiskpart.exe",
            "  3 partitions",
            #"  - Primary "System Reserved" 350 MB NTFS bootable"#,
            #"  - Primary "Windows" 99 Percent NTFS with letter"#,
            #"  - Recovery "Recovery" 100 Percent NTFS"#,
            "  OSDDiskIndex DiskIndex=0",
            "  OSDDiskType DiskType=Basic",
            "  OSDDiskpartBiosCompatibilityMode DiskpartBiosCompatibilityMode=false",
            "  OSDGPTBootDisk GPTBootDisk=false",
            "  OSDPartitionStyle PartitionStyle=MBR",
            "step Partition Disk 0 - UEFI",
            "  PartitionDiskAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
        ] + partitionConditions
        + [
            "  if _SMSTSBootUEFI equals true",
            "  runs osddiskpart.exe",
            "  4 partitions",
            "  - EFI 500 MB FAT32",
            "  - MSR 128 MB unformatted",
            #"  - Primary "Windows" 99 Percent NTFS with letter"#,
            #"  - Recovery "Recovery" 100 Percent NTFS"#,
            "  OSDDiskIndex DiskIndex=0",
            "  OSDDiskType DiskType=Basic",
            "  OSDDiskpartBiosCompatibilityMode DiskpartBiosCompatibilityMode=false",
            "  OSDGPTBootDisk GPTBootDisk=true",
            "  OSDPartitionStyle PartitionStyle=GPT",
            "step Apply Operating System",
            "  ApplyOperatingSystemAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
            "  runs OSDApplyOS.exe /image:ABC00004,%OSDImageIndex% /runfromnet:False",
            "  OSDImageIndex ImageIndex=3",
            "  hidden ImagePackageID ImagePackageID=ABC00004",
            "  hidden RunFromNet RunFromNet=false",
            "step Apply Windows Settings",
            "  ApplyWindowsSettingsAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
            "  runs osdwinsettings.exe /config",
            "  OSDLocalAdminPassword AdminPassword=administrator secret",
            "  OSDComputerName ComputerName=%_SMSTSMachineName%",
            "  OSDProductKey ProductKey=ABCDE-FGHIJ-KLMNO-PQRST-UVWX9",
            "  OSDRandomAdminPassword RandomAdminPassword=false",
            "  OSDRegisteredOrgName RegisteredOrgName=Example",
            "  OSDRegisteredUserName RegisteredUserName=User",
            "  OSDServerLicenseConnectionLimit ServerLicenseConnectionLimit=25",
            "  OSDServerLicenseMode ServerLicenseMode=PerServer",
            "  OSDTimeZone TimeZone=W. Europe Standard Time",
            "step Apply Network Settings",
            "  ApplyNetworkSettingsAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
            "  runs osdnetsettings.exe configure",
            "  OSDJoinAccount DomainUsername=",
            "  hidden OSDEnableTCPIPFiltering EnableTCPIPFiltering=false",
            "  OSDNetworkJoinType NetworkJoinType=1",
            "  hidden OSDAdapterCount NumAdapters=0",
            "  OSDWorkgroupName WorkgroupName=LAB",
            "step Apply Device Drivers",
            "  AutoApplyAction runIn=WinPE successCodeList=0 retryCount=0 runFromNet=false",
            "  if _SMSTSMediaType notEquals FullMedia",
            "  runs osddriverclient.exe /auto /bestmatch:%OSDAutoApplyDriverBestMatch% "
                + "/unsigned:%OSDAllowUnsignedDriver%",
            "  OSDAutoApplyDriverBestMatch BestMatch=true",
            "  OSDAllowUnsignedDriver UnsignedDriver=false",
            "step Setup Windows and Configuration Manager",
            "  SetupWindowsAndSMSAction runIn=WinPEandFullOS successCodeList=0 retryCount=0 runFromNet=false",
            "  runs OSDSetupWindows.exe",
            "  SMSClientInstallProperties ClientInstallProperties=SMSMP=mp.example.com",
            "  _SMSClientPackageID ClientPackageID=ABC00002",
            "step Install Updates",
            "  InstallUpdateAction runIn=FullOS successCodeList=0 retryCount=2 runFromNet=false",
            "  if _SMSTSMediaType notEquals FullMedia",
            "  runs TSInstallSWUpdate.exe /target:%SMSInstallUpdateTarget%",
            "  hidden RetryCount RetryCount=2",
            "  SMSInstallUpdateTarget Target=Mandatory",
            "  SMSTSSoftwareUpdateScanUseCache UseCache=true",
            "step Install Applications",
            "  InstallApplicationAction runIn=FullOS successCodeList=0 retryCount=2 runFromNet=false",
            "  runs smsappinstall.exe /app:ScopeId_A1/Application_b2,ScopeId_A1/Application_c3 /basevar: "
                + "/continueOnError:True",
            "  hidden OSDApp AppInfo=2",
            "  OSDApp0Description AppInfo0Description=",
            "  OSDApp0DisplayName AppInfo0DisplayName=Reader",
            "  OSDApp0Name AppInfo0Name=ScopeId_A1/Application_b2",
            "  OSDApp1Description AppInfo1Description=",
            "  OSDApp1DisplayName AppInfo1DisplayName=ScopeId_A1/Application_c3",
            "  OSDApp1Name AppInfo1Name=ScopeId_A1/Application_c3",
            "  hidden ApplicationName ApplicationName=ScopeId_A1/Application_b2,ScopeId_A1/Application_c3",
            "  hidden BaseVariableName BaseVariableName=",
            "  OSDAppClearCache ClearCache=false",
            "  hidden ContinueOnInstallError ContinueOnInstallError=true",
            "  OSDAppCount NumApps=2",
            "  hidden RetryCount RetryCount=2",
        ]

    private static let joinWorkgroup = [
        "step Join Workgroup",
        "  JoinDomainWorkgroupAction runIn=FullOS successCodeList=0 retryCount=0 runFromNet=false",
        "  runs osdjoin.exe /type:%OSDJoinType%",
        "  OSDJoinSkipReboot SkipReboot=false",
        "  OSDJoinType Type=1",
        "  OSDJoinWorkgroupName WorkgroupName=LAB",
    ]
}
