// SPDX-License-Identifier: GPL-3.0-or-later

#define _GNU_SOURCE
#include "CLibsmbclient.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <samba-4.0/libsmbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <poll.h>
#include <netdb.h>
#include <unistd.h>

// The functions that are called by name; all others are those of a context.
#define FUNCTIONS(X)                                                                                                   \
    X(smbc_new_context)                                                                                                \
    X(smbc_init_context)                                                                                               \
    X(smbc_free_context)                                                                                               \
    X(smbc_setConfiguration)                                                                                           \
    X(smbc_setDebug)                                                                                                   \
    X(smbc_setLogCallback)                                                                                             \
    X(smbc_setTimeout)                                                                                                 \
    X(smbc_setOptionUserData)                                                                                          \
    X(smbc_getOptionUserData)                                                                                          \
    X(smbc_setOptionUseKerberos)                                                                                       \
    X(smbc_setOptionFallbackAfterKerberos)                                                                             \
    X(smbc_setOptionUseCCache)                                                                                         \
    X(smbc_setOptionNoAutoAnonymousLogin)                                                                              \
    X(smbc_setOptionSmbEncryptionLevel)                                                                                \
    X(smbc_setFunctionAuthDataWithContext)                                                                             \
    X(smbc_getFunctionOpen)                                                                                            \
    X(smbc_getFunctionRead)                                                                                            \
    X(smbc_getFunctionWrite)                                                                                           \
    X(smbc_getFunctionLseek)                                                                                           \
    X(smbc_getFunctionClose)                                                                                           \
    X(smbc_getFunctionStat)                                                                                            \
    X(smbc_getFunctionStatVFS)                                                                                         \
    X(smbc_getFunctionOpendir)                                                                                         \
    X(smbc_getFunctionClosedir)                                                                                        \
    X(smbc_getFunctionReaddirPlus)                                                                                     \
    X(smbc_getFunctionMkdir)                                                                                           \
    X(smbc_getFunctionRmdir)                                                                                           \
    X(smbc_getFunctionUnlink)                                                                                          \
    X(smbc_getFunctionRename)

static struct {
#define DECLARE(name) __typeof__(&name) name;
    FUNCTIONS(DECLARE)
} library;

static const char *failure;
struct tsm_smb_connection {
    SMBCCTX *context;
    char *domain, *user, *password;
};

static void load(void) {
    void *handle = dlopen("libsmbclient.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        failure = strdup(dlerror());
        return;
    }
#define FIND(name)                                                                                                     \
    library.name = (__typeof__(&name))dlsym(handle, #name);                                                            \
    if (!library.name && !failure) failure = strdup(#name " is missing in it");
    FUNCTIONS(FIND)

}

const char *tsm_smb_load(void) {
    load();
    return failure;
}

// Ends the process as soon as nobody holds the other end of the socket.
static void *wait_for_end(void *socket) {
    struct pollfd descriptor = {.fd = *(int *)socket, .events = 0};
    while (!(descriptor.revents & (POLLHUP | POLLERR | POLLNVAL))) poll(&descriptor, 1, -1);
    _exit(0);
}

int tsm_smb_stand_alone(int socket) {
    static int watched;
    watched = socket;
    // No memory of a process that knows passwords is written to a disk.
    prctl(PR_SET_DUMPABLE, 0);
    close_range(3, ~0U, 0);
    pthread_t thread;
    return pthread_create(&thread, NULL, wait_for_end, &watched) ? -1 : 0;
}

int tsm_smb_configuration(const char *text, char *path, size_t path_size) {
    int file = memfd_create("smb.conf", MFD_CLOEXEC);
    if (file < 0) return -1;
    size_t count = strlen(text);
    if (write(file, text, count) != (ssize_t)count) return -1;
    return snprintf(path, path_size, "/proc/self/fd/%d", file) < (int)path_size ? 0 : -1;
}

bool tsm_smb_is_known(const char *host) {
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, NULL, NULL, &found)) return false;
    freeaddrinfo(found);
    return true;
}

static void say_nothing(void *info, int level, const char *message) {
    (void)info, (void)level, (void)message;
}

static void give_user(
    SMBCCTX *context, const char *server, const char *share, char *domain, int domain_size, char *user, int user_size,
    char *password, int password_size) {
    (void)server, (void)share;
    const tsm_smb_connection *connection = library.smbc_getOptionUserData(context);
    if (!connection) return;
    if (*connection->domain) strncpy(domain, connection->domain, (size_t)domain_size - 1);
    strncpy(user, connection->user, (size_t)user_size - 1);
    strncpy(password, connection->password, (size_t)password_size - 1);
}

static SMBCCTX *make(const char *configuration) {
    library.smbc_setLogCallback(NULL, NULL, say_nothing);
    SMBCCTX *context = library.smbc_new_context();
    if (!context) return NULL;
    library.smbc_setDebug(context, 0);
    // After the first context, which reads the machine's: it replaces all of that.
    library.smbc_setConfiguration(context, configuration);
    return context;
}

static void wipe(char *text) {
    if (text) explicit_bzero(text, strlen(text));
    free(text);
}

tsm_smb_connection *tsm_smb_create(
    const char *configuration, const char *domain, const char *user, const char *password, bool uses_kerberos,
    int timeout_milliseconds) {
    tsm_smb_connection *connection = calloc(1, sizeof *connection);
    if (!connection) return NULL;
    connection->domain = strdup(domain);
    connection->user = strdup(user);
    connection->password = strdup(password);
    SMBCCTX *context = connection->domain && connection->user && connection->password ? make(configuration) : NULL;
    if (context) {
        library.smbc_setOptionUserData(context, connection);
        library.smbc_setFunctionAuthDataWithContext(context, give_user);
        library.smbc_setTimeout(context, timeout_milliseconds);
        library.smbc_setOptionUseKerberos(context, uses_kerberos);
        library.smbc_setOptionFallbackAfterKerberos(context, !uses_kerberos);
        library.smbc_setOptionUseCCache(context, 0);
        library.smbc_setOptionNoAutoAnonymousLogin(context, 1);
        library.smbc_setOptionSmbEncryptionLevel(context, SMBC_ENCRYPTLEVEL_DEFAULT);
        if (!library.smbc_init_context(context)) {
            library.smbc_free_context(context, 1);
            context = NULL;
        }
    }
    connection->context = context;
    if (!context) {
        tsm_smb_free(connection);
        return NULL;
    }
    return connection;
}

void tsm_smb_free(tsm_smb_connection *connection) {
    if (!connection) return;
    if (connection->context) library.smbc_free_context(connection->context, 1);
    wipe(connection->domain);
    wipe(connection->user);
    wipe(connection->password);
    free(connection);
}

// The number of a failure: never 0.
static int failed(void) {
    return errno > 0 ? -errno : -EIO;
}

int tsm_smb_connect(tsm_smb_connection *connection, const char *url) {
    struct stat status;
    errno = 0;
    return library.smbc_getFunctionStat(connection->context)(connection->context, url, &status) < 0 ? failed() : 0;
}

int tsm_smb_information_of(
    tsm_smb_connection *connection, const char *url, tsm_smb_information *information) {
    struct stat status;
    errno = 0;
    if (library.smbc_getFunctionStat(connection->context)(connection->context, url, &status) < 0) return failed();
    information->byte_count = (uint64_t)status.st_size;
    information->modified = status.st_mtime;
    information->is_folder = S_ISDIR(status.st_mode);
    return 0;
}

int tsm_smb_space(tsm_smb_connection *connection, const char *url, uint64_t *free_byte_count) {
    struct statvfs space;
    char path[4096];
    if (strlen(url) >= sizeof path) return -ENAMETOOLONG;
    strcpy(path, url);
    errno = 0;
    if (library.smbc_getFunctionStatVFS(connection->context)(connection->context, path, &space) < 0) return failed();
    // Servers without the extensions of Unix count sectors of a block in f_frsize.
    uint64_t unit = space.f_frsize;
    if (!(space.f_flag & SMBC_VFS_FEATURE_NO_UNIXCIFS)) {
        unit = space.f_bsize;
    } else {
        unit *= space.f_bsize;
    }
    if (__builtin_mul_overflow(unit, (uint64_t)space.f_bavail, free_byte_count)) *free_byte_count = UINT64_MAX;
    return 0;
}

int tsm_smb_list(
    tsm_smb_connection *connection, const char *url, void *receiver,
    bool (*receive)(void *receiver, const char *name, const tsm_smb_information *information)) {
    errno = 0;
    SMBCFILE *folder = library.smbc_getFunctionOpendir(connection->context)(connection->context, url);
    if (!folder) return failed();
    smbc_readdirplus_fn next = library.smbc_getFunctionReaddirPlus(connection->context);
    const struct libsmb_file_info *found;
    while ((found = next(connection->context, folder))) {
        if (!strcmp(found->name, ".") || !strcmp(found->name, "..")) continue;
        tsm_smb_information information = {
            .byte_count = found->size,
            .modified = found->mtime_ts.tv_sec,
            // FILE_ATTRIBUTE_DIRECTORY (MS-FSCC 2.6).
            .is_folder = found->attrs & SMBC_DOS_MODE_DIRECTORY,
        };
        if (!receive(receiver, found->name, &information)) break;
    }
    library.smbc_getFunctionClosedir(connection->context)(connection->context, folder);
    return 0;
}

int tsm_smb_make_folder(tsm_smb_connection *connection, const char *url) {
    errno = 0;
    return library.smbc_getFunctionMkdir(connection->context)(connection->context, url, 0755) < 0 ? failed() : 0;
}

int tsm_smb_remove_folder(tsm_smb_connection *connection, const char *url) {
    errno = 0;
    return library.smbc_getFunctionRmdir(connection->context)(connection->context, url) < 0 ? failed() : 0;
}

int tsm_smb_remove(tsm_smb_connection *connection, const char *url) {
    errno = 0;
    return library.smbc_getFunctionUnlink(connection->context)(connection->context, url) < 0 ? failed() : 0;
}

int tsm_smb_rename(tsm_smb_connection *connection, const char *from, const char *to) {
    errno = 0;
    return library.smbc_getFunctionRename(connection->context)(connection->context, from, connection->context, to) < 0
               ? failed()
               : 0;
}

int tsm_smb_open(tsm_smb_connection *connection, const char *url, int flags, tsm_smb_file **file) {
    errno = 0;
    SMBCFILE *found = library.smbc_getFunctionOpen(connection->context)(connection->context, url, flags, 0644);
    *file = (tsm_smb_file *)found;
    return found ? 0 : failed();
}

int64_t tsm_smb_seek(tsm_smb_connection *connection, tsm_smb_file *file, int64_t offset) {
    errno = 0;
    int64_t result = library.smbc_getFunctionLseek(connection->context)(
        connection->context, (SMBCFILE *)file, offset, SEEK_SET);
    return result < 0 ? failed() : result;
}

int64_t tsm_smb_read(tsm_smb_connection *connection, tsm_smb_file *file, void *buffer, size_t count) {
    errno = 0;
    ssize_t result =
        library.smbc_getFunctionRead(connection->context)(connection->context, (SMBCFILE *)file, buffer, count);
    return result < 0 ? failed() : result;
}

int64_t tsm_smb_write(
    tsm_smb_connection *connection, tsm_smb_file *file, const void *buffer, size_t count) {
    errno = 0;
    ssize_t result =
        library.smbc_getFunctionWrite(connection->context)(connection->context, (SMBCFILE *)file, buffer, count);
    return result < 0 ? failed() : result;
}

int tsm_smb_close(tsm_smb_connection *connection, tsm_smb_file *file) {
    errno = 0;
    return library.smbc_getFunctionClose(connection->context)(connection->context, (SMBCFILE *)file) < 0 ? failed() : 0;
}
