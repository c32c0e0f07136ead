#include <fmt/format.h>

#include "server/assets.h"
#include "server/query_list.h"
#include "server/reply.h"
#include "server/routes.h"

namespace lakelet::server {
namespace {

constexpr std::string_view kNoncePlace = "@NONCE@";

// Only what the page itself brings: no script or style from elsewhere or from the page's own text, no frames.
std::string content_policy(const std::string& nonce) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data: blob:; font-src "
      "'self'; "
      "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
      nonce);
}

// The editor makes its styles when it runs: the nonce, new for each answer, lets it.
void send_page(const Asset& page, httplib::Response& response) {
  const std::string nonce = random_token();
  std::string html(page.plain);
  for (std::size_t at = 0; (at = html.find(kNoncePlace, at)) != std::string::npos; at += nonce.size()) {
    html.replace(at, kNoncePlace.size(), nonce);
  }
  response.set_header("Content-Security-Policy", content_policy(nonce));
  response.set_header("Cache-Control", "no-store");
  response.set_content(html, std::string(page.type));
}

void send_asset(const Asset& asset, const httplib::Request& request, httplib::Response& response) {
  const std::string tag(asset.tag);
  response.set_header("ETag", tag);
  response.set_header("Cache-Control", asset.path.starts_with("/assets/") ? "max-age=31536000, immutable" : "no-cache");
  if (request.get_header_value("If-None-Match") == tag) {
    response.status = 304;
    return;
  }
  const bool gzip =
      !asset.gzip.empty() && request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
  if (gzip) response.set_header("Content-Encoding", "gzip");
  const std::string_view content = gzip ? asset.gzip : asset.plain;
  // Not set_content, which would compress it again.
  response.set_content_provider(content.size(), std::string(asset.type),
                                [content](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                  return sink.write(content.data() + offset, length);
                                });
}

}  // namespace

const Asset* find_asset(std::string_view path) {
  for (const Asset& asset : assets()) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

void add_asset_routes(httplib::Server& server) {
  server.Get("/.*", answering([](const httplib::Request& request, httplib::Response& response) {
               const Asset* asset = find_asset(request.path);
               if (asset && request.path != "/index.html") return send_asset(*asset, request, response);
               // The pages have addresses of their own; which is shown the script decides.
               const Asset* page = find_asset("/index.html");
               const bool is_page = request.path.rfind('.') == std::string::npos || request.path == "/index.html";
               if (page && is_page && !request.path.starts_with("/api/")) return send_page(*page, response);
               send_problem(response, Error(ErrorCode::NotFound, fmt::format("there is nothing at {}", request.path)));
             }));
}

}  // namespace lakelet::server
