-- What Argo CD shows as the health of our objects. Argo CD itself shows an object that is being deleted as Progressing.
local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "the operator has not seen the latest change yet"}
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local ready = conditions.Ready or {message = "the operator has not looked at it yet"}

local function holds(kind)
  return conditions[kind] ~= nil and conditions[kind].status == "True"
end

if holds("Stalled") then
  return {status = "Degraded", message = conditions.Stalled.message}
end
if holds("Suspended") then
  return {status = "Suspended", message = conditions.Suspended.message}
end
if ready.status ~= "True" then
  return {status = "Progressing", message = ready.message}
end
if holds("Drifted") then
  return {status = "Healthy", message = conditions.Drifted.message}
end
return {status = "Healthy", message = ready.message}
