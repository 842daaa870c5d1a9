/**
 * The Lua filter of a face, which runs for recorded requests only (routes.ts). It samples both bodies while they
 * stream, and posts the whole exchange to the recorder when the answer is complete. It never waits: the post is
 * asynchronous, and if the script fails the request continues without it.
 */

import type { Side } from '../../sides/index.ts';
import { type EnvoySettings, HAND_OVER_MS, LARGE_BYTES, SHARED } from './settings.ts';

export const LUA = 'envoy.filters.http.lua';

/** @param primary the side that answers customers @returns Lua 5.1 for envoy.filters.http.lua */
export function faceScript({ bodyCap }: EnvoySettings, primary: Side): string {
  return `
local CAP, PRIMARY = ${bodyCap}, ${literal(primary)}
local KEY, REQUEST = ${literal(SHARED.metadata)}, ${literal(`${SHARED.metadata}.request`)}
local POST = { [":method"] = "POST", [":path"] = ${literal(SHARED.path)}, [":authority"] = "recorder" }
local OPTIONS = { asynchronous = true, timeout_ms = ${HAND_OVER_MS}, send_xff = false }
local SMALL, LARGE, LARGE_BYTES = ${literal(SHARED.recorder.small)}, ${literal(SHARED.recorder.large)}, ${LARGE_BYTES}
local TIMING, FAILED = ${literal(SHARED.timing)}, ${literal(SHARED.failed)}
${BODY}`;
}

/**
 * The mirror's name in Via. It differs by ingress, so that two mirrors in a row are not taken for a loop (RFC 9110,
 * 7.6.3).
 */
export function pseudonymOf(ingress: string): string {
  return `crossfade-mirror-${ingress}`;
}

function literal(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[^ -~]/g, (c) => `\\${c.charCodeAt(0)}`)}"`;
}

const BODY = String.raw`
-- Every loop here calls Envoy, which no compiled trace holds: to try costs more than to interpret.
jit.off()
local concat, min, max = table.concat, math.min, math.max
-- The load balancer's trace, otherwise one that begins with the request's id: sides' logs can be joined.
local function traceparent(headers, id)
  local time, unique = (headers:get("x-amzn-trace-id") or ""):match("Root=1%-(%x+)%-(%x+)")
  local trace = time ~= nil and time .. unique or id:gsub("-", ""):lower()
  if #trace == 32 and not trace:find("%X") then return "00-" .. trace .. "-" .. trace:sub(17) .. "-01" end
end

-- Names and values as lines; a value holds no line end. No text is made on the way, for each would be hashed and collected.
local function lines(headers)
  local parts, n = {}, 0
  for name, value in pairs(headers) do
    parts[n + 1], parts[n + 2], parts[n + 3], parts[n + 4] = name, ": ", value, "\r\n"
    n = n + 4
  end
  return concat(parts)
end

-- Reads chunks as they pass. Of a body beyond the cap nothing is kept where it must be whole.
local function sample(handle, whole)
  local first, parts, bytes = "", nil, 0
  for chunk in handle:bodyChunks() do
    local length, room = chunk:length(), CAP - bytes
    if length > 0 and room > 0 then
      local part = chunk:getBytes(0, min(length, room))
      -- Most bodies are one chunk, which needs no table.
      if bytes == 0 then first = part
      else
        parts = parts or { first }
        parts[#parts + 1] = part
      end
    end
    bytes = bytes + length
    if whole and bytes > CAP then first, parts = "", {} end
  end
  return parts ~= nil and concat(parts) or first, bytes
end

-- Asked for anew after each wait: Envoy's objects end with the turn in which they were given.
local function metadata(handle)
  return handle:streamInfo():dynamicMetadata()
end

function envoy_on_request(handle)
  local headers, meta = handle:headers(), metadata(handle)
  meta:set(KEY, "fate", "copy")
  if headers:get("traceparent") == nil then
    local trace = traceparent(headers, headers:get("x-request-id") or "")
    if trace ~= nil then headers:add("traceparent", trace) end
  end
  local at, head = handle:timestamp(), lines(headers)
  local body, bytes = sample(handle, true)
  meta = metadata(handle)
  if bytes > CAP then
    meta:set(KEY, "fate", "oversize")
    return
  end
  -- Envoy's metadata ends a text at its first NUL, which gRPC and uploads hold.
  local binary = body:find("\0", 1, true) ~= nil
  if binary then body = handle:base64Escape(body) end
  meta:set(REQUEST, "half", { at = at, head = head, body = body, coded = binary and 1 or 0 })
end

local function micros(handle)
  return tonumber(handle:timestampString(EnvoyTimestampResolution.MICROSECOND))
end

function envoy_on_response(handle)
  local headers = handle:headers()
  local status, timing, why, began = headers:get(":status"), headers:get(TIMING), headers:get(FAILED), micros(handle)
  headers:remove(TIMING)
  if why ~= nil then headers:remove(FAILED) end
  -- What nobody could read is recorded as what the client gets in its place.
  if #status ~= 3 or status == "101" then headers:replace(":status", "502") end
  local said = metadata(handle):get(KEY)
  if said == nil or said.fate ~= "copy" then return end
  local head = lines(headers)
  local body, bytes = sample(handle, false)
  local trailers = handle:trailers()
  local tail = trailers ~= nil and lines(trailers) or ""
  local info, meta = handle:streamInfo(), metadata(handle)
  local held = meta:get(REQUEST)
  if held == nil then
    -- Answered before the request was whole, or the request proved too long.
    if meta:get(KEY).fate == "copy" then meta:set(KEY, "fate", "error") end
    return
  end
  local request = held.half
  local sinceEnd, sinceBegin = (timing or ""):match("^(%S+) (%S+)$")
  local first = max(0, tonumber(sinceEnd) or tonumber(sinceBegin) or 0)
  local sizes = ("[%d,%d,%d,%d,%d]"):format(#request.head, #request.body, #head, #body, #tail)
  handle:httpCall(#request.body + #body > LARGE_BYTES and LARGE or SMALL, POST,
    ('{"v":2,"primary":"%s","at":%d,"sent":%d,"sizes":%s,"bytes":%d,"coded":%d,"firstByteUs":%d,"totalUs":%d,"failed":"%s","protocol":"%s"}\n'):format(
      PRIMARY, request.at, handle:timestamp(), sizes, bytes, request.coded, first, first + max(0, micros(handle) - began), why == nil and "" or why:gsub("[^%w_{},.:|-]", "_"),
      info:protocol() or ""
    ) .. request.head .. request.body .. head .. body .. tail, OPTIONS)
  meta:set(KEY, "fate", "sent")
end
`;
