/*
 * A disk that can be full, and that keeps a list of what was done to it. Loaded in front of the C library (LD_PRELOAD), for
 * tests; what it does concerns files under DISK_ROOT only.
 *
 * DISK_FULL  a file: while it exists, a write that makes a file longer fails with ENOSPC.
 * DISK_LOG   a file: each change is added to it, so that what a power cut leaves can be worked out afterwards. An entry is
 *            a header of five 64-bit words (kind, offset, bytes of the first path, bytes of the second path, bytes of data),
 *            the paths under DISK_ROOT, and the data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE = 2, SYNC = 3, CREATE = 4, UNLINK = 5, RENAME = 6, SYNC_FOLDER = 7, MAKE_FOLDER = 8 };

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *full, *log_name;
static size_t root_length;
static int log_file = -1;

#define REAL(name, ...) \
    static int (*real_##name)(__VA_ARGS__); \
    if (!real_##name) real_##name = (int (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

/* A copy: some programs write their title over the environment that they were started with. */
static const char *told(const char *name) {
    const char *value = getenv(name);
    return value ? strdup(value) : NULL;
}

__attribute__((constructor)) static void begin(void) {
    root = told("DISK_ROOT");
    full = told("DISK_FULL");
    log_name = told("DISK_LOG");
    root_length = root ? strlen(root) : 0;
}

/* The path under the root; null for files elsewhere, and for memory that processes share. */
static const char *under(const char *path) {
    size_t length = strlen(path);
    if (!root || strncmp(path, root, root_length) || path[root_length] != '/') return NULL;
    if (length > 4 && !strcmp(path + length - 4, "-shm")) return NULL;
    return path + root_length + 1;
}

static const char *path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return NULL;
    path[length] = 0;
    return under(path);
}

static const char *path_at(int folder, const char *name, char *path) {
    if (name[0] == '/') return under(name);
    if (folder == AT_FDCWD) {
        if (!getcwd(path, PATH_MAX)) return NULL;
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(link, path, PATH_MAX - 1);
        if (length <= 0) return NULL;
        path[length] = 0;
    }
    if (strlen(path) + strlen(name) + 2 > PATH_MAX) return NULL;
    strcat(strcat(path, "/"), name);
    return under(path);
}

/* In one call, so that entries of several processes do not mix. */
static void note(uint64_t kind, uint64_t offset, const char *first, const char *second, const void *data, size_t length) {
    static ssize_t (*real_writev)(int, const struct iovec *, int);
    static int (*real_open)(const char *, int, ...);
    if (!log_name) return;
    if (!real_writev) real_writev = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    if (!real_open) real_open = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    if (log_file < 0) log_file = real_open(log_name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    uint64_t header[5] = {kind, offset, strlen(first), second ? strlen(second) : 0, length};
    struct iovec parts[4] = {
        {header, sizeof header}, {(void *)first, header[2]}, {(void *)second, header[3]}, {(void *)data, length}};
    real_writev(log_file, parts, 4);
}

static int is_full(int file, off_t end) {
    struct stat held;
    return full && !access(full, F_OK) && !fstat(file, &held) && end > held.st_size;
}

static ssize_t put(int file, const void *data, size_t length, off_t offset, int moves) {
    static ssize_t (*real_write)(int, const void *, size_t);
    static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
    if (!real_write) real_write = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (!real_pwrite) real_pwrite = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");
    char path[PATH_MAX];
    const char *name = root ? path_of(file, path) : NULL;
    if (!name) return moves ? real_write(file, data, length) : real_pwrite(file, data, length, offset);
    pthread_mutex_lock(&turn);
    if (moves) {
        int flags = fcntl(file, F_GETFL);
        struct stat held;
        offset = flags & O_APPEND && !fstat(file, &held) ? held.st_size : lseek(file, 0, SEEK_CUR);
    }
    ssize_t done;
    if (is_full(file, offset + length)) {
        errno = ENOSPC;
        done = -1;
    } else {
        done = moves ? real_write(file, data, length) : real_pwrite(file, data, length, offset);
        int held = errno;
        if (done > 0) note(WRITE, offset, name, NULL, data, done);
        errno = held;
    }
    pthread_mutex_unlock(&turn);
    return done;
}

ssize_t write(int file, const void *data, size_t length) { return put(file, data, length, 0, 1); }
ssize_t pwrite(int file, const void *data, size_t length, off_t at) { return put(file, data, length, at, 0); }
ssize_t pwrite64(int file, const void *data, size_t length, off64_t at) { return put(file, data, length, at, 0); }

static ssize_t put_all(int file, const struct iovec *parts, int count, off_t at, int moves) {
    ssize_t done = 0;
    for (int i = 0; i < count; i++) {
        ssize_t one = put(file, parts[i].iov_base, parts[i].iov_len, at + done, moves);
        if (one < 0) return done ? done : one;
        done += one;
        if ((size_t)one < parts[i].iov_len) break;
    }
    return done;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    static ssize_t (*real_writev)(int, const struct iovec *, int);
    if (!real_writev) real_writev = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    char path[PATH_MAX];
    if (!root || !path_of(file, path)) return real_writev(file, parts, count);
    return put_all(file, parts, count, 0, 1);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
    return put_all(file, parts, count, at, 0);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) {
    return put_all(file, parts, count, at, 0);
}

static int cut(int file, off_t length) {
    REAL(ftruncate64, int, off64_t);
    char path[PATH_MAX];
    const char *name = root ? path_of(file, path) : NULL;
    if (!name) return real_ftruncate64(file, length);
    pthread_mutex_lock(&turn);
    int done = -1;
    if (is_full(file, length)) {
        errno = ENOSPC;
    } else {
        done = real_ftruncate64(file, length);
        if (!done) note(TRUNCATE, length, name, NULL, NULL, 0);
    }
    pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate(int file, off_t length) { return cut(file, length); }
int ftruncate64(int file, off64_t length) { return cut(file, length); }

static int sync_it(int file, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat held;
    const char *name = root ? path_of(file, path) : NULL;
    int is_root = root && !name && !strcmp(path, root);
    int done = real(file);
    if (!done && (name || is_root) && !fstat(file, &held)) {
        pthread_mutex_lock(&turn);
        note(S_ISDIR(held.st_mode) ? SYNC_FOLDER : SYNC, 0, name ? name : "", NULL, NULL, 0);
        pthread_mutex_unlock(&turn);
    }
    return done;
}

int fsync(int file) {
    REAL(fsync, int);
    return sync_it(file, real_fsync);
}

int fdatasync(int file) {
    REAL(fdatasync, int);
    return sync_it(file, real_fdatasync);
}

static int opened(int folder, const char *name, int flags, mode_t mode) {
    REAL(openat64, int, const char *, int, ...);
    char path[PATH_MAX];
    const char *ours = root ? path_at(folder, name, path) : NULL;
    int changes = ours && flags & (O_CREAT | O_TRUNC);
    int is_new = changes && flags & O_CREAT && faccessat(folder, name, F_OK, 0);
    int file = real_openat64(folder, name, flags, mode);
    if (file >= 0 && changes) {
        int held = errno;
        pthread_mutex_lock(&turn);
        if (is_new) note(CREATE, 0, ours, NULL, NULL, 0);
        else if (flags & O_TRUNC) note(TRUNCATE, 0, ours, NULL, NULL, 0);
        pthread_mutex_unlock(&turn);
        errno = held;
    }
    return file;
}

#define OPEN(name, folder, ...) \
    int name(__VA_ARGS__, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & (O_CREAT | O_TMPFILE)) { \
            va_list more; \
            va_start(more, flags); \
            mode = va_arg(more, mode_t); \
            va_end(more); \
        } \
        return opened(folder, path, flags, mode); \
    }
OPEN(open, AT_FDCWD, const char *path)
OPEN(open64, AT_FDCWD, const char *path)
OPEN(openat, folder, int folder, const char *path)
OPEN(openat64, folder, int folder, const char *path)

int unlinkat(int folder, const char *name, int flags) {
    REAL(unlinkat, int, const char *, int);
    char path[PATH_MAX];
    const char *ours = root ? path_at(folder, name, path) : NULL;
    int done = real_unlinkat(folder, name, flags);
    if (!done && ours) {
        pthread_mutex_lock(&turn);
        note(UNLINK, 0, ours, NULL, NULL, 0);
        pthread_mutex_unlock(&turn);
    }
    return done;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int renameat(int from, const char *old, int to, const char *new) {
    REAL(renameat, int, const char *, int, const char *);
    char one[PATH_MAX], two[PATH_MAX];
    const char *source = root ? path_at(from, old, one) : NULL;
    const char *target = root ? path_at(to, new, two) : NULL;
    int done = real_renameat(from, old, to, new);
    if (!done && source && target) {
        pthread_mutex_lock(&turn);
        note(RENAME, 0, source, target, NULL, 0);
        pthread_mutex_unlock(&turn);
    }
    return done;
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int mkdir(const char *name, mode_t mode) {
    REAL(mkdir, const char *, mode_t);
    char path[PATH_MAX];
    const char *ours = root ? path_at(AT_FDCWD, name, path) : NULL;
    int done = real_mkdir(name, mode);
    if (!done && ours) {
        pthread_mutex_lock(&turn);
        note(MAKE_FOLDER, 0, ours, NULL, NULL, 0);
        pthread_mutex_unlock(&turn);
    }
    return done;
}
