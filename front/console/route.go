package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A door says whom a page lets in. The zero door is the narrowest.
type door int

const (
	doorUser    door = iota // who has signed in wholly, and whose role permits the area
	doorHalfway             // also who still owes a second factor, or has to enrol one
	doorAnybody             // who has not signed in
)

// A route is one page or act of the console.
type route struct {
	method, path string // as http.ServeMux has them
	area         policy.Area
	handle       func(*visit) error

	door    door
	sure    bool  // only for who gave a password or a second factor a short while ago; others do so first
	maxBody int64 // octets of a form; usualBody
	part    bool  // it answers with a part of a page, for console.js
	long    bool  // it sends a file as long as there is one, so the deadline of pages is not its
}

// routesIn returns what makes the routes of an area, at paths below Path: those for all whom the area is for, and those only
// for who among them is sure.
func routesIn(area policy.Area) (one, sure func(method, path string, handle func(*visit) error) route) {
	one = func(method, path string, handle func(*visit) error) route {
		return route{method: method, path: Path + path, area: area, handle: handle}
	}
	sure = func(method, path string, handle func(*visit) error) route {
		r := one(method, path, handle)
		r.sure = true
		return r
	}
	return one, sure
}

// uploadTime is how long a file may take to come.
const uploadTime = time.Minute

// usualBody is how long a form may be whose route says nothing else.
const usualBody = 64 << 10

// allRoutes returns the table of all that the console answers; the parts hold theirs.
func (c *Console) allRoutes() []route {
	return slices.Concat(
		c.signInRoutes(),
		c.homeRoutes(),
		c.domainRoutes(),
		c.moneyRoutes(),
		c.logRoutes(),
		c.frameRoutes(),
		c.accountRoutes(),
		c.credentialRoutes(),
		c.contactRoutes(),
		c.hostRoutes(),
		c.messageRoutes(),
		c.bulkRoutes(),
		c.profileRoutes(),
		c.userRoutes(),
		c.fileRoutes(),
		c.sandboxRoutes(),
	)
}

// Patterns returns all that the console answers, in the form that http.ServeMux has it: "POST /console/domains/{name}/renew".
func Patterns() []string {
	var patterns []string
	for _, r := range new(Console).allRoutes() {
		patterns = append(patterns, r.method+" "+r.path)
	}
	return patterns
}

// serve returns the handler of a route: who is it, may he, is the form his, and then the page.
func (c *Console) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if !r.long {
			ctx, cancel := context.WithTimeout(req.Context(), c.config.Deadline)
			defer cancel()
			req = req.WithContext(ctx)
		}
		v := c.newVisit(w, req)
		err := c.enter(v, r)
		switch {
		case errors.Is(err, errSignIn) && v.waits(r):
			err = c.askToSignIn(v, r)
		case err == nil:
			err = r.handle(v)
		}
		if err != nil {
			c.fail(v, err)
		}
	}
}

// The reasons for which a visit ends before its page.
var (
	errSignIn    = errors.New("console: somebody has to sign in first")
	errForbidden = errors.New("console: the role does not permit it")
	errConfirm   = errors.New("console: the user has to show again that it is he")
	errMissing   = errors.New("console: there is no such thing")
	errForm      = errors.New("console: the form is not of this session")
	errTooLong   = errors.New("console: the form is too long")
)

// enter lets a visitor in, or says why not.
func (c *Console) enter(v *visit, r route) error {
	if err := v.identify(); err != nil {
		return err
	}
	switch {
	case r.door == doorAnybody:
	case !v.known():
		return errSignIn
	case r.door == doorUser && !v.complete():
		return errSignIn
	case r.door == doorUser && !policy.Permits(v.visitor.User.Role, r.area):
		return errForbidden
	}
	unsure := r.sure && v.visitor.Needs != flow.NeedsFactor && !v.visitor.Confirmed
	switch {
	case r.method != http.MethodPost && unsure:
		return errConfirm
	case r.method != http.MethodPost:
		v.takeBack()
		return nil
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, max(r.maxBody, usualBody))
	if r.maxBody > usualBody {
		_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(uploadTime))
	}
	if err := v.parse(); err != nil {
		return err
	}
	switch {
	case v.known() && !v.tokenIsRight():
		return errForm
	case unsure: // only now, so that what was written can wait
		return errConfirm
	}
	return nil
}

// nothing answers where no page is. Who has not signed in learns nothing of which there are.
func (c *Console) nothing(w http.ResponseWriter, r *http.Request) {
	v := c.newVisit(w, r)
	switch err := v.identify(); {
	case err != nil:
		c.fail(v, err)
	case r.URL.Path == Path+"index.html" || r.URL.Path+"/" == Path:
		http.Redirect(w, r, Path, http.StatusSeeOther)
	case !v.known():
		c.fail(v, errSignIn)
	default:
		c.fail(v, errMissing)
	}
}

// foreign answers a form that a page of somebody else has sent.
func (c *Console) foreign(w http.ResponseWriter, r *http.Request) { c.fail(c.newVisit(w, r), errForm) }

// fail answers with what ended a visit.
func (c *Console) fail(v *visit, err error) {
	var refusal *registry.Error
	switch {
	case errors.Is(err, errSignIn):
		v.toSignIn()
	case errors.Is(err, errConfirm), errors.As(err, &refusal) && refusal.Rule == "userIsConfirmed":
		if fault := v.toConfirm(); fault != nil {
			c.fail(v, fault)
		}
	case errors.Is(err, errForbidden):
		v.problem(http.StatusForbidden, v.t("Your role does not include this page"),
			v.t("Your administrator decides who may do what."))
	case errors.Is(err, errMissing):
		v.problem(http.StatusNotFound, v.t("There is nothing here"),
			v.t("What you look for is not there, or belongs to another registrar."))
	case errors.Is(err, errForm):
		v.problem(http.StatusForbidden, v.t("This form was not sent from your session"),
			v.t("Nothing was changed. Open the page again and send the form from there."))
	case errors.Is(err, errTooLong):
		v.problem(http.StatusRequestEntityTooLarge, v.t("This form is too long"), v.t("Nothing was changed. Send less at once."))
	case errors.Is(err, errMethod):
		v.problem(http.StatusBadRequest, v.t("This form cannot be read"), v.t("Nothing was changed."))
	case errors.As(err, &refusal):
		v.refused(refusal)
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		c.config.Log.Warn("a page of the console could not be made", "path", v.r.URL.Path, "err", err, "svTRID", v.trid)
		v.w.Header().Set("Retry-After", "10")
		v.problem(http.StatusServiceUnavailable, v.t("The registry cannot be reached for a moment"), v.t("Try again in ten seconds."))
	default:
		c.config.Log.Error("a page of the console was not made", "path", v.r.URL.Path, "err", err, "svTRID", v.trid)
		v.problem(http.StatusInternalServerError, v.t("Something is wrong on our side"),
			fmt.Sprintf(v.t("It was noted under %s. What you did may have been done or not: look before you do it again."), v.trid))
	}
}

// refused answers with a refusal that no form shows.
func (v *visit) refused(e *registry.Error) {
	switch e.Code {
	case registry.ObjectMissing, registry.Authorization:
		v.problem(http.StatusNotFound, v.t("There is nothing here"),
			v.t("What you look for is not there, or belongs to another registrar."))
	default:
		v.problem(http.StatusUnprocessableEntity, v.t("This was refused, and nothing was changed"), v.why(e.Reason))
	}
}
