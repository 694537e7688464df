package query

import "strings"

// SlotOf returns the slot that an agent id belongs to: "slot-NAME" and
// "NAME-leaf" are how slots sign, and a bare UUID is an agent in a slot named
// after its first twelve characters. It returns "" for anyone else.
func SlotOf(agent string) string {
	const uuidLen, uuidSlotLen = 36, 12
	if name, ok := strings.CutPrefix(agent, "slot-"); ok {
		return name
	}
	if name, ok := strings.CutSuffix(agent, "-leaf"); ok {
		return name
	}
	if len(agent) == uuidLen && strings.Count(agent, "-") == 4 {
		return "agent-" + agent[:uuidSlotLen]
	}
	return ""
}
