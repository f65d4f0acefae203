-- Who is within a radius, the nearest first, each by the last that is known of them.
-- KEYS: the places of this minute, when they were said; the same of the minute before. ARGV:
-- longitude, latitude, radius in metres, the earliest time that holds, how many at most.
-- Answers pairs of who and where. Somebody who has since gone elsewhere is not where they were.
local function within(places)
  return redis.call('GEOSEARCH', places, 'FROMLONLAT', ARGV[1], ARGV[2], 'BYRADIUS', ARGV[3], 'm',
    'ASC', 'COUNT', ARGV[5], 'WITHCOORD', 'WITHDIST')
end
local found = {}
for _, one in ipairs(within(KEYS[1])) do
  found[#found + 1] = {tonumber(one[2]), one[1], one[3]}
end
for _, one in ipairs(within(KEYS[3])) do
  local is_known = redis.call('ZSCORE', KEYS[2], one[1])
  local at = redis.call('ZSCORE', KEYS[4], one[1])
  if not is_known and at and tonumber(at) >= tonumber(ARGV[4]) then
    found[#found + 1] = {tonumber(one[2]), one[1], one[3]}
  end
end
table.sort(found, function(a, b) return a[1] < b[1] end)
local answer = {}
for index = 1, math.min(#found, tonumber(ARGV[5])) do
  answer[index] = {found[index][2], found[index][3]}
end
return answer
