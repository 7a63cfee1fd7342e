// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures

/// A folder for one test, gone with its contents when the test lets go of it.
public typealias TestFolder = TemporaryFolder

/// Runs other programs: the tests open what we wrote with what others wrote.
public typealias Program = Fixtures.Program

/// What a program that ran to its end said.
public typealias ProgramResult = Fixtures.ProgramResult
