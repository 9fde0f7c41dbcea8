package main

import (
	"context"
	"net/http"

	"example.org/dorado/flow"
)

// An allocationLine is a name and the code that allocates it; without a code after it was cancelled. Reserved
// says that only a code sells the name; Replaced, that a code from before is worth nothing now.
type allocationLine struct {
	Name     string `json:"name"`
	Code     string `json:"code,omitempty"`
	Reserved bool   `json:"reserved"`
	Replaced bool   `json:"replaced,omitempty"`
}

func (h *house) makeAllocation(ctx context.Context, r *http.Request, q actRequest) (allocationLine, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return allocationLine{}, mistake{err}
	}
	return h.allocate(ctx, flow.AllocationMake{Name: name}, q)
}

func (h *house) cancelAllocation(ctx context.Context, r *http.Request, q actRequest) (allocationLine, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return allocationLine{}, mistake{err}
	}
	return h.allocate(ctx, flow.AllocationCancel{Name: name}, q)
}

// allocate runs a command about an allocation code. The code itself is not logged.
func (h *house) allocate(ctx context.Context, cmd flow.Command, q actRequest) (allocationLine, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return allocationLine{}, err
	}
	done := reply.(flow.Allocated)
	h.log.Info(cmd.Subject().String(), "name", done.Name.String(), "reserved", done.Reserved, "replaced", done.Replaced,
		"author", q.Author, "reason", q.Reason)
	return allocationLine{done.Name.String(), done.Code, done.Reserved, done.Replaced}, nil
}
