package epp

import (
	"cmp"
	"context"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// An Explanation is what a frame would be answered, and why.
type Explanation struct {
	flow.Explanation        // its rules are empty where the frame is refused before its flow
	Code             string // the result code, such as "2302"
	Message          string // the sentence of the answer
	Object           string // such as "domain shop.co"
	Command          string // such as "create"
}

// Explain tells what a frame would be answered if a registrar sent it in a session that announced all
// that the frame carries, and of the rest what asks nothing of commands that do not carry it. Nothing
// happens. The frame has no header.
func Explain(ctx context.Context, s *flow.Service, who registry.RegistrarID, frame []byte, at time.Time) (Explanation, error) {
	return explainRequest(ctx, s, decode(frame, s.Terms().Limits), flow.Ask{Registrar: who, At: at})
}

// explainRequest explains a frame that was decoded.
func explainRequest(ctx context.Context, s *flow.Service, req *request, ask flow.Ask) (Explanation, error) {
	e := Explanation{Command: req.subject.Command}
	if req.subject.Object != "" {
		e.Object = req.subject.Object + " " + req.subject.ID
	}
	expect(req, req.extensions)
	refusal := cmp.Or(req.invalid, req.refusal)
	switch {
	case refusal == nil && req.command == nil && req.query == nil:
		refusal = &registry.Error{
			Code: registry.UnimplementedOption, Reason: "this is no command on an object; send a check, info, create, update, renew, delete or transfer",
		}
		fallthrough
	case refusal != nil:
		e.Explanation = flow.Explanation{At: cmp.Or(ask.At, s.Clock()).UTC(), Registrar: ask.Registrar, Refusal: refusal}
	default:
		var err error
		ask.Command, ask.Query = req.command, req.query
		if e.Explanation, err = s.Explain(ctx, ask); err != nil {
			return Explanation{}, err
		}
	}
	var err error
	if e.Refusal != nil {
		err = e.Refusal
	}
	r, _ := outcome(answer{req: req, reply: e.Reply, err: err})
	e.Code, e.Message = r.number, r.text
	return e, nil
}
