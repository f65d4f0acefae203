-- Sessions in Africa's Talking's form, hop after hop, one a connection. From the environment: HOP_PATH,
-- HOP_CODE, HOP_TEXTS and HOP_SCREENS (a bar between them, one each a hop: what an answer must begin
-- with), HOP_PHONES (a comma between them). Each thread takes phones of its own.
local function split(text, mark)
  local parts = {}
  for part in (text .. mark):gmatch('(.-)%' .. mark) do parts[#parts + 1] = part end
  return parts
end

local texts, screens = split(os.getenv('HOP_TEXTS'), '|'), split(os.getenv('HOP_SCREENS'), '|')
local phones, path, code = split(os.getenv('HOP_PHONES'), ','), os.getenv('HOP_PATH'), os.getenv('HOP_CODE')
local threads, hop, session = {}, 0, 0
wrong, shown = 0, ''

function setup(thread)
  thread:set('number', #threads)
  threads[#threads + 1] = thread
end

function init()
  local file = io.open('/dev/urandom', 'rb')
  base = file:read(8):gsub('.', function(byte) return string.format('%02x', byte:byte()) end)
  file:close()
end

function request()
  hop = hop % #texts + 1
  if hop == 1 then session = session + 1 end
  local phone = phones[(session * 8 + number) % #phones + 1]
  local body = 'sessionId=' .. base .. '-' .. session .. '&phoneNumber=' .. phone
    .. '&networkCode=63510&serviceCode=' .. code .. '&text=' .. texts[hop]
  return wrk.format('POST', path, {['Content-Type'] = 'application/x-www-form-urlencoded'}, body)
end

function response(status, _, body)
  local expected = screens[hop]  -- a connection's next request is made after its answer
  if status ~= 200 or body:sub(1, #expected) ~= expected then
    wrong, shown = wrong + 1, body:sub(1, 60)
  end
end

function done(summary, latency)
  local wrong, shown = 0, ''
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get('wrong')
    if thread:get('shown') ~= '' then shown = thread:get('shown') end
  end
  local errors = summary.errors
  io.write(string.format('RESULT %d %d %d %d %d %s\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    wrong + errors.connect + errors.read + errors.write + errors.timeout, shown:gsub('\n', ' ')))
end
