package rdap

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const mediaType = "application/rdap+json"

// lookups are what flow is asked for one object, in the order of asking: an entity is a registrar or else a contact.
func (q *query) lookups() []flow.Query {
	switch q.kind {
	case kindDomain:
		return []flow.Query{flow.DomainLookup{Name: q.name, Viewer: q.caller.Viewer}}
	case kindNameserver:
		return []flow.Query{flow.HostLookup{Name: q.name}}
	}
	return []flow.Query{flow.RegistrarLookup{Handle: q.handle}, flow.ContactLookup{Handle: q.handle, Viewer: q.caller.Viewer}}
}

// lookup looks one object up, and writes it. An error is a refusal of flow or a fault.
func (h *Handler) lookup(ctx context.Context, q query) (object any, err error) {
	for _, ask := range q.lookups() {
		var reply flow.Reply
		reply, err = h.service().Ask(ctx, q.caller.Registrar, ask)
		if err == nil {
			return h.outermost(q, reply), nil
		}
		if !isMissing(err) {
			return nil, err
		}
	}
	return nil, err
}

func isMissing(err error) bool {
	var refusal *registry.Error
	return errors.As(err, &refusal) && refusal.Code == registry.ObjectMissing
}

// outermost writes a reply as the whole of an answer.
func (h *Handler) outermost(q query, reply flow.Reply) any {
	switch found := reply.(type) {
	case flow.DomainFound:
		return h.outermostDomain(q, found)
	case flow.HostFound:
		object := h.nameserver(q, found)
		object.top = &top{conformance(extensionsOf(nil, object.Entities...)...), h.terms(q.asked)}
		return object
	case []flow.RegistrarFound:
		object := h.registrarEntity(q, found[0])
		object.top = &top{conformance(extensionsOf(nil, object)...), h.terms(q.asked)}
		return object
	case flow.ContactFound:
		object := h.contactEntity(q, found, "$")
		object.top = &top{conformance(extensionsOf(object.Redacted, object)...), h.terms(q.asked)}
		return object
	}
	return nil
}

// makePage answers a lookup of anybody, and has the answer kept. An error is a fault.
func (h *Handler) makePage(ctx context.Context, q query) (flow.Page, error) {
	return h.service().MakePage(ctx, q.key(), q.lookups()[0], func(reply flow.Reply, refusal *registry.Error) flow.Page {
		if refusal == nil {
			return h.page(http.StatusOK, h.outermost(q, reply))
		}
		p := problemOf(q, refusal)
		return h.page(p.status, errorObjectOf(p.status, p.says))
	})
}

// page writes an object, with where the instant of the answer stands in it.
func (h *Handler) page(status int, object any) flow.Page {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(object); err != nil {
		h.config.Log.Error("an answer was not encoded", "err", err)
		return flow.Page{Code: http.StatusInternalServerError, Body: []byte("{}\n"), Stamp: -1}
	}
	page := flow.Page{Code: status, Body: bytes.Clone(body.Bytes()), Stamp: -1}
	mark := []byte(`"eventAction":"` + lastUpdated + `","eventDate":"`)
	if i := bytes.LastIndex(page.Body, mark); i >= 0 {
		page.Stamp = i + len(mark)
	}
	return page
}

// sendKept sends the page that is kept for a query, if there is one.
func (h *Handler) sendKept(w http.ResponseWriter, q query) bool {
	buffer := h.bodies.Get().(*[]byte)
	defer h.bodies.Put(buffer)
	page, ok := h.service().Kept(q.key(), *buffer)
	if ok {
		*buffer = page.Body
		h.send(w, page)
	}
	return ok
}

// send sends a page, with the instant of now in it.
func (h *Handler) send(w http.ResponseWriter, page flow.Page) {
	body := page.Body
	if page.Stamp >= 0 {
		copy(body[page.Stamp:], stamp(h.service().Clock()))
	}
	header := w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(page.Code)
	_, _ = w.Write(body)
}

func (h *Handler) write(w http.ResponseWriter, status int, object any) {
	h.send(w, h.page(status, object))
}
