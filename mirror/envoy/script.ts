/**
 * The Lua filter of a face. It decides what becomes of each request (its *fate*), samples the bodies of those that are recorded
 * while they stream, and posts the whole exchange to the recorder once the answer is complete. It never waits: the post is
 * asynchronous, and a request whose script fails goes on without it.
 */
import { type EnvoySettings, type EnvoySide, HAND_OVER_MS, SHARED } from './settings.ts';

/** @param primary the side that answers customers @returns Lua 5.1 for envoy.filters.http.lua */
export function faceScript(settings: EnvoySettings, primary: EnvoySide): string {
  const { sampleRate, bodyCap, ingress, allowed } = settings;
  const entries = allowed[primary === 'stable' ? 'candidate' : 'stable'].map(
    ({ method, template }) => `{ ${literal(method)}, ${literal(patternOf(template))} }`,
  );
  return `
local RATE, CAP = ${sampleRate}, ${bodyCap}
local PRIMARY, PSEUDONYM = ${literal(primary)}, ${literal(pseudonymOf(ingress))}
local ALLOWED = { ${entries.join(', ')} }
local KEY = ${literal(SHARED.metadata)}
local POST = { [":method"] = "POST", [":path"] = ${literal(SHARED.path)}, [":authority"] = "recorder" }
local OPTIONS = { asynchronous = true, timeout_ms = ${HAND_OVER_MS} }
local TIMING, HTTP2 = ${literal(SHARED.timing)}, ${literal(SHARED.http2)}
${BODY}`;
}

/** Its only work: to tell the recorder of a Date that Envoy is about to add. */
export const COPY_SCRIPT = `
function envoy_on_response(handle)
  local headers = handle:headers()
  if headers:get("date") == nil then headers:add(${literal(SHARED.undated)}, "1") end
end
`;

/** A mirror's name in Via, of its own for each ingress: two in a row are no circle (RFC 9110, 7.6.3). */
export function pseudonymOf(ingress: string): string {
  return `crossfade-mirror-${ingress}`;
}

function literal(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[^ -~]/g, (c) => `\\${c.charCodeAt(0)}`)}"`;
}

/** A path template as a Lua pattern of the whole path. */
function patternOf(template: string): string {
  const segments = template
    .split('/')
    .map((segment) => (segment.startsWith('{') ? '[^/]*' : segment.replace(/[^\w/]/g, '%$&')));
  return `^${segments.join('/')}$`;
}

// FNV-1a with MurmurHash3's finaliser: the recorder and the embedded mirror choose the same requests (recorder/sampling.ts).
const BODY = String.raw`
local band, bxor, rshift, lshift, tobit = bit.band, bit.bxor, bit.rshift, bit.lshift, bit.tobit

local function imul(a, high, low)
  local ah, al = rshift(a, 16), band(a, 0xffff)
  return tobit(lshift((ah * low + al * high) % 65536, 16) + al * low)
end

local function hash(text)
  local h = tobit(0x811c9dc5)
  for i = 1, #text do h = imul(bxor(h, text:byte(i)), 0x0100, 0x0193) end
  h = imul(bxor(h, rshift(h, 16)), 0x85eb, 0xca6b)
  h = imul(bxor(h, rshift(h, 13)), 0xc2b2, 0xae35)
  return bxor(h, rshift(h, 16)) % 4294967296
end

local function sampled(id)
  return RATE >= 1 or (RATE > 0 and hash(id) / 4294967296 < RATE)
end

local SAFE = { GET = true, HEAD = true, OPTIONS = true }

local function allowed(method, path)
  if SAFE[method] then return true end
  for _, entry in ipairs(ALLOWED) do
    if entry[1] == method and path:gsub("%?.*$", ""):match(entry[2]) then return true end
  end
  return false
end

-- The load balancer's trace, otherwise one that begins here: sides' logs can be joined.
local function traceparent(headers, id)
  local time, unique = (headers:get("x-amzn-trace-id") or ""):match("Root=1%-(%x+)%-(%x+)")
  local trace = (time or "") .. (unique or "")
  if #trace ~= 32 then trace = id:gsub("-", ""):lower() end
  if #trace ~= 32 or trace:find("%X") then
    trace = ("%08x%08x%08x%08x"):format(hash("a" .. id), hash("b" .. id), hash("c" .. id), hash("d" .. id))
  end
  return "00-" .. trace .. "-" .. trace:sub(17) .. "-01"
end

-- Whether this mirror's own pseudonym stands in Via.
local function looped(via)
  for word in via:gmatch("[^%s,]+") do
    if word == PSEUDONYM then return true end
  end
  return false
end

local function refusal(headers)
  -- Several Host fields arrive as one: two servers in a row may choose differently (RFC 9112, 3.2).
  if (headers:get(":authority") or ""):find(",", 1, true) then return "400", "more than one Host\n" end
  local via = headers:get("via")
  if via ~= nil and via:find("crossfade-mirror-", 1, true) and looped(via) then
    return "508", "the mirror was reached by way of itself: check the URLs of its sides\n"
  end
end

local function fateOf(headers, id)
  if headers:get("upgrade") ~= nil or headers:get(":path"):sub(1, 1) ~= "/" then return "upgrade" end
  if not allowed(headers:get(":method"), headers:get(":path")) then return "method" end
  return sampled(id) and "copy" or "sample"
end

-- Names and values as lines; a value holds no line end.
local function lines(headers)
  local text = {}
  for name, value in pairs(headers) do text[#text + 1] = name .. ": " .. value .. "\r\n" end
  return table.concat(text)
end

-- Reads chunks as they pass. Of a body beyond the cap nothing is kept where it must be whole.
local function sample(handle, whole)
  local parts, bytes = {}, 0
  for chunk in handle:bodyChunks() do
    local length = chunk:length()
    local room = CAP - bytes
    if length > 0 and room > 0 then parts[#parts + 1] = chunk:getBytes(0, math.min(length, room)) end
    bytes = bytes + length
    if whole and bytes > CAP then parts = {} end
  end
  return table.concat(parts), bytes
end

-- Asked for anew after each wait: Envoy's objects end with the turn in which they were given.
local function metadata(handle)
  return handle:streamInfo():dynamicMetadata()
end

function envoy_on_request(handle)
  local headers, meta = handle:headers(), metadata(handle)
  -- A client's own would choose how its copy is sent.
  headers:remove(HTTP2)
  local status, why = refusal(headers)
  if status ~= nil then
    meta:set(KEY, "fate", "refused")
    handle:respond({ [":status"] = status, ["content-type"] = "text/plain", ["connection"] = "close" }, why)
    return
  end
  local id = headers:get("x-request-id") or ""
  if headers:get("traceparent") == nil then headers:add("traceparent", traceparent(headers, id)) end
  local fate = fateOf(headers, id)
  meta:set(KEY, "fate", fate)
  if fate ~= "copy" then return end
  local at, head = handle:timestamp(), lines(headers)
  local body, bytes = sample(handle, true)
  meta = metadata(handle)
  if bytes > CAP then
    meta:set(KEY, "fate", "oversize")
    return
  end
  meta:set(KEY .. ".request", "at", at)
  meta:set(KEY .. ".request", "head", head)
  meta:set(KEY .. ".request", "body", body)
end

-- Envoy would pass these on: a client waits for ever for the answer after a 101, and reads no status of four digits.
local function unreadable(status, said)
  return #status ~= 3 or (status == "101" and (said == nil or said.fate ~= "upgrade"))
end

local function micros(handle)
  return tonumber(handle:timestampString(EnvoyTimestampResolution.MICROSECOND))
end

function envoy_on_response(handle)
  local said, headers = metadata(handle):get(KEY), handle:headers()
  if unreadable(headers:get(":status"), said) then headers:replace(":status", "502") end
  if said == nil or said.fate ~= "copy" then return end
  local head, timing, began = lines(headers), headers:get(TIMING), micros(handle)
  local body, bytes = sample(handle, false)
  local trailers = handle:trailers()
  local tail = trailers ~= nil and lines(trailers) or ""
  local info, meta = handle:streamInfo(), metadata(handle)
  local request = meta:get(KEY .. ".request")
  if request == nil then
    -- Answered before the request was whole, or the request proved too long.
    if meta:get(KEY).fate == "copy" then meta:set(KEY, "fate", "error") end
    return
  end
  local firstByte = tonumber(timing)
  local sizes = ("[%d,%d,%d,%d,%d]"):format(#request.head, #request.body, #head, #body, #tail)
  local failed = firstByte == nil and (info:responseCodeDetails() or "no answer") or ""
  local first = math.max(0, firstByte or 0)
  handle:httpCall("recorder", POST,
    ('{"v":1,"primary":"%s","at":%d,"sizes":%s,"bytes":%d,"firstByteUs":%d,"totalUs":%d,"failed":"%s","protocol":"%s"}\n'):format(
      PRIMARY, request.at, sizes, bytes, first, first + math.max(0, micros(handle) - began), (failed:gsub("[^%w_{},.:|-]", "_")),
      info:protocol() or ""
    ) .. request.head .. request.body .. head .. body .. tail, OPTIONS)
  meta:set(KEY, "fate", "sent")
end
`;
