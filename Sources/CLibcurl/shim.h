// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef TSM_CLIBCURL_SHIM_H
#define TSM_CLIBCURL_SHIM_H

// Its checks of types are for C, where the functions below call with other types than their options have.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

// Swift cannot call functions with a variable number of arguments.

static inline CURLcode tsm_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tsm_curl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tsm_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tsm_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*tsm_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode tsm_curl_set_receiver(CURL *easy, CURLoption option, tsm_curl_receiver value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode tsm_curl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(easy, option, &blob);
}

static inline CURLcode tsm_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode tsm_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// Macros that Swift does not take.
static const long tsm_curl_basic = (long)CURLAUTH_BASIC;
static const long tsm_curl_negotiate = (long)CURLAUTH_NEGOTIATE;
static const long tsm_curl_bearer = (long)CURLAUTH_BEARER;
static const long tsm_curl_ntlm = (long)CURLAUTH_NTLM;
static const size_t tsm_curl_pause = CURL_WRITEFUNC_PAUSE;

// The result of a message of curl_multi_info_read(3), which is a union.
static inline CURLcode tsm_curl_result(const CURLMsg *message) { return message->data.result; }

/// The one certificate that a server may have: its SHA-1 (20 bytes) or SHA-256 (32 bytes).
typedef struct {
    unsigned int byte_count;
    unsigned char digest[32];
} tsm_certificate_pin;

static int tsm_certificate_is_pinned(X509_STORE_CTX *chain, void *argument) {
    const tsm_certificate_pin *pin = (const tsm_certificate_pin *)argument;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int count = 0;
    X509 *certificate = X509_STORE_CTX_get0_cert(chain);
    if (certificate && X509_digest(certificate, pin->byte_count == 20 ? EVP_sha1() : EVP_sha256(), digest, &count)
        && count == pin->byte_count && memcmp(digest, pin->digest, count) == 0) {
        return 1;
    }
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static CURLcode tsm_curl_pin_context(CURL *easy, void *context, void *argument) {
    (void)easy;
    SSL_CTX_set_cert_verify_callback((SSL_CTX *)context, tsm_certificate_is_pinned, argument);
    return CURLE_OK;
}

/// Has the server's certificate compared with `pin`, which must live as long as `easy`, instead of being verified.
static inline CURLcode tsm_curl_pin(CURL *easy, const tsm_certificate_pin *pin) {
    // Without verification the answer of the callback would not matter.
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, (void *)pin);
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, tsm_curl_pin_context);
}

#endif
