package policy

import (
	"fmt"

	"example.org/dorado/core/registry"
)

// An AccreditationState is how far a sandbox has come with the accreditation's list, as every list, page and JSON tells it.
type AccreditationState struct {
	Seen         int `json:"seen"` // items, required or not
	Of           int `json:"of"`
	RequiredSeen int `json:"requiredSeen"`
	Required     int `json:"required"`
}

// String is such as "40 of 50 seen; 34 of 42 required".
func (s AccreditationState) String() string {
	return fmt.Sprintf("%d of %d seen; %d of %d required", s.Seen, s.Of, s.RequiredSeen, s.Required)
}

// An AccreditationLine is an item with what a sandbox saw of it.
type AccreditationLine struct {
	Key      string                `json:"key"`
	Group    AccreditationGroup    `json:"group"`
	Title    string                `json:"title"` // in English
	Required bool                  `json:"required"`
	Seen     *registry.SandboxTick `json:"seen"` // nil: not yet
}

// AccreditationOf returns how far the sandbox has come that has these ticks.
func AccreditationOf(ticks map[string]registry.SandboxTick) (s AccreditationState) {
	for _, i := range accreditation() {
		_, seen := ticks[i.ID]
		s.Of++
		if seen {
			s.Seen++
		}
		if i.Required {
			s.Required++
		}
		if i.Required && seen {
			s.RequiredSeen++
		}
	}
	return s
}

// AccreditationLines returns the whole list, in its order, with what has these ticks.
func AccreditationLines(ticks map[string]registry.SandboxTick) []AccreditationLine {
	var lines []AccreditationLine
	for _, i := range accreditation() {
		line := AccreditationLine{Key: i.ID, Group: i.Group, Title: i.Text, Required: i.Required}
		if tick, seen := ticks[i.ID]; seen {
			line.Seen = &tick
		}
		lines = append(lines, line)
	}
	return lines
}
