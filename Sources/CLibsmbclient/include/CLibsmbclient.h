// SPDX-License-Identifier: GPL-3.0-or-later

// libsmbclient, loaded when a share is first used: its 110 libraries take longer to load than most runs of the program.
//
// For a process of its own that does nothing else: libsmbclient keeps what all of a process shares without locks, reads
// the surroundings, and prints. One connection and one thread. Failures are negative numbers of errno.h.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A connection to a server: a context of libsmbclient of its own.
typedef struct tsm_smb_connection tsm_smb_connection;
// An open file.
typedef struct tsm_smb_file tsm_smb_file;

// What a folder lists of a member, or what is said of a file.
typedef struct {
    uint64_t byte_count;
    // Seconds since 1970.
    int64_t modified;
    bool is_folder;
} tsm_smb_information;

// Loads libsmbclient once. Returns null, or why it cannot be had.
const char *tsm_smb_load(void);

// Makes the process one that serves whoever holds the other end of `socket`, and ends with it. Returns -1 on failure.
int tsm_smb_stand_alone(int socket);

// Puts the path of a file in memory with this text into `path`. Returns -1 on failure.
int tsm_smb_configuration(const char *text, char *path, size_t path_size);

// Whether the name of a host is known.
bool tsm_smb_is_known(const char *host);

// Makes a connection that is not connected yet; null when memory is short. The texts are copied; an empty `user` is a
// guest. `configuration` is the path of an smb.conf, which is read instead of the user's and the machine's.
tsm_smb_connection *tsm_smb_create(
    const char *configuration, const char *domain, const char *user, const char *password, bool uses_kerberos,
    int timeout_milliseconds);
void tsm_smb_free(tsm_smb_connection *connection);

// Connects to the share of `url` and shows who asks: EPERM when the server does not take the user, EACCES when it takes
// it and does not let it have the share.
int tsm_smb_connect(tsm_smb_connection *connection, const char *url);

int tsm_smb_information_of(
    tsm_smb_connection *connection, const char *url, tsm_smb_information *information);
// Bytes that the user may still write on the share of `url`.
int tsm_smb_space(tsm_smb_connection *connection, const char *url, uint64_t *free_byte_count);

// Hands over each member but "." and ".." until `receive` returns false.
int tsm_smb_list(
    tsm_smb_connection *connection, const char *url, void *receiver,
    bool (*receive)(void *receiver, const char *name, const tsm_smb_information *information));

int tsm_smb_make_folder(tsm_smb_connection *connection, const char *url);
int tsm_smb_remove_folder(tsm_smb_connection *connection, const char *url);
int tsm_smb_remove(tsm_smb_connection *connection, const char *url);
int tsm_smb_rename(tsm_smb_connection *connection, const char *from, const char *to);

// `flags` are those of open(2).
int tsm_smb_open(tsm_smb_connection *connection, const char *url, int flags, tsm_smb_file **file);
int64_t tsm_smb_seek(tsm_smb_connection *connection, tsm_smb_file *file, int64_t offset);
// Bytes that were read; 0 at the end.
int64_t tsm_smb_read(tsm_smb_connection *connection, tsm_smb_file *file, void *buffer, size_t count);
int64_t tsm_smb_write(tsm_smb_connection *connection, tsm_smb_file *file, const void *buffer, size_t count);
int tsm_smb_close(tsm_smb_connection *connection, tsm_smb_file *file);
