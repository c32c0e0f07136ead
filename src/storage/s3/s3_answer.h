// What S3 answers: XML, or an error with a code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/http_client.h"
#include "lakelet/error.h"
#include "storage/object_store.h"

namespace lakelet {

// One page of ListObjectsV2.
struct S3Page {
  std::vector<ObjectInfo> objects;   // in the order of their keys
  std::vector<std::string> folders;  // common prefixes, each with its '/'
  std::string next;                  // the token of the next page; empty: there is none
};
// Throws Error(Unavailable), naming `what`, for anything else.
S3Page s3_page(const std::string& body, const std::string& what);

// The text of the first element of this name; empty: there is none, or that is no XML.
std::string s3_text(const std::string& body, const std::string& element);

// "NoSuchKey"; empty: the answer doesn't say.
std::string s3_code(const HttpAnswer& answer);
// The error to throw for an answer that isn't 2xx, or that is and has an error in it. `what`: "reading s3://b/k".
Error s3_error(const HttpAnswer& answer, const std::string& bucket, const std::string& what);

// Of an HTTP date ("Wed, 21 Oct 2015 07:28:00 GMT", RFC 9110, 5.6.7); 0: it is none.
std::int64_t http_date_us(const std::string& text);

}  // namespace lakelet
