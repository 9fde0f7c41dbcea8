package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/console"
)

// userRoutes adds the users of the registrar console to the handler of the control socket.
func (h *house) userRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /users", answerJSON(h, h.listUsers))
	mux.HandleFunc("POST /users", answerJSON(h, h.addUser))
	mux.HandleFunc("GET /users/{login}", answerJSON(h, h.showUser))
	mux.HandleFunc("POST /users/{login}/role", answerJSON(h, h.setUserRole))
	mux.HandleFunc("POST /users/{login}/disable", answerJSON(h, h.disableUser))
	mux.HandleFunc("POST /users/{login}/reset", answerJSON(h, h.resetUser))
	mux.HandleFunc("POST /users/{login}/remove", answerJSON(h, h.removeUser))
	mux.HandleFunc("GET /user-acts", answerJSON(h, h.listUserActs))
}

// A userLine is a user of the console as an operator sees him.
type userLine struct {
	Login     string    `json:"login"`
	Name      string    `json:"name"`
	Registrar string    `json:"registrar"`
	Role      string    `json:"role"`
	State     string    `json:"state"` // active, invited or disabled
	Why       string    `json:"why,omitempty"`
	Factors   []string  `json:"factors"` // app, passkey
	Needs     bool      `json:"needsFactor,omitempty"`
	Created   time.Time `json:"created"`
	Creator   string    `json:"creator"`
	SignedIn  time.Time `json:"signedIn,omitzero"`
	From      string    `json:"from,omitempty"`
	Sessions  int       `json:"sessions,omitempty"`
	Link      string    `json:"link,omitempty"` // by which a password is chosen; only where one was made
}

func lineOfUser(u flow.UserLine) userLine {
	line := userLine{
		Login: u.Login, Name: u.Name, Registrar: string(u.Registrar), Role: string(u.Role), State: "active", Factors: []string{},
		Needs: u.MustEnrol, Created: u.Created, Creator: u.Creator, SignedIn: u.SignedIn,
	}
	switch {
	case !u.Disabled.Since.IsZero():
		line.State, line.Why = "disabled", strings.TrimSpace(u.Disabled.Author+": "+u.Disabled.Reason)
	case u.Invited:
		line.State = "invited"
	}
	if u.App {
		line.Factors = append(line.Factors, "app")
	}
	if u.Passkeys > 0 {
		line.Factors = append(line.Factors, "passkey")
	}
	if u.From.IsValid() {
		line.From = u.From.String()
	}
	return line
}

func (h *house) listUsers(ctx context.Context, r *http.Request, _ struct{}) ([]userLine, error) {
	lines := []userLine{}
	asked := r.URL.Query()
	list := []registry.RegistrarID{registry.RegistrarID(asked.Get("registrar"))}
	if list[0] == "" {
		reply, err := h.core.service.Ask(ctx, "", flow.RegistrarIDs{})
		if err != nil {
			return nil, err
		}
		list = reply.([]registry.RegistrarID)
	}
	for _, who := range list {
		for after := ""; ; {
			reply, err := h.core.service.Ask(ctx, "", flow.UserList{Registrar: who, After: after})
			if err != nil {
				return nil, err
			}
			found := reply.(flow.UsersFound)
			for _, u := range found.Users {
				lines = append(lines, lineOfUser(u))
			}
			if after = found.Next; after == "" {
				break
			}
		}
	}
	return lines, nil
}

func (h *house) showUser(ctx context.Context, r *http.Request, _ struct{}) (userLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.UserShow{Login: r.PathValue("login")})
	if err != nil {
		return userLine{}, err
	}
	found := reply.(flow.UserFound)
	line := lineOfUser(found.UserLine)
	line.Sessions = len(found.Sessions)
	return line, nil
}

// A userRequest makes a user.
type userRequest struct {
	actRequest
	Registrar string `json:"registrar"`
	Login     string `json:"login"`
	Name      string `json:"name"`
	Role      string `json:"role"`
	Language  string `json:"language,omitempty"`
	Password  string `json:"password,omitempty"` // empty: the user is invited by mail
}

func (h *house) addUser(ctx context.Context, _ *http.Request, q userRequest) (userLine, error) {
	cmd := flow.OperatorUserAdd{
		Act:   flow.Act{Registrar: registry.RegistrarID(q.Registrar), Author: q.Author, Reason: q.Reason},
		Login: q.Login, Name: q.Name, Role: registry.Role(q.Role), Language: registry.Language(q.Language),
	}
	if q.Password != "" {
		if weak := policy.WeakPassword(q.Password, q.Login, h.core.service.Terms().Limits.Console.PasswordCharacters); weak != "" {
			return userLine{}, mistake{fmt.Errorf("the password: %s", weak)}
		}
		var err error
		if cmd.Password, err = h.core.service.Passwords.Hash(ctx, q.Password); err != nil {
			return userLine{}, err
		}
	}
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return userLine{}, err
	}
	h.log.Info("user:add", "login", q.Login, "registrar", q.Registrar, "role", q.Role, "author", q.Author, "reason", q.Reason)
	return h.withLink(ctx, reply.(flow.OperatorUserAdded))
}

// withLink returns the line of a user who was sent a link. The mail is on its way.
func (h *house) withLink(ctx context.Context, added flow.OperatorUserAdded) (userLine, error) {
	h.flushMail(ctx)
	reply, err := h.core.service.Ask(ctx, "", flow.UserShow{User: added.ID})
	if err != nil {
		return userLine{}, err
	}
	line := lineOfUser(reply.(flow.UserFound).UserLine)
	if added.Link != "" {
		line.Link = h.linkBase() + added.Link
	}
	return line, nil
}

// linkBase is what stands before a link of a user to be an address; empty where nobody knows that of the console.
func (h *house) linkBase() string {
	base := h.consoleBase()
	if base == "" {
		return ""
	}
	return strings.TrimSuffix(base, "/") + console.Path + "password/"
}

// A userAct is an act of the operator on a user.
type userAct struct {
	actRequest
	Role    string `json:"role,omitempty"`
	Enable  bool   `json:"enable,omitempty"`
	Factors bool   `json:"factors,omitempty"`
}

func (q userAct) act() flow.Act { return flow.Act{Author: q.Author, Reason: q.Reason} }

// actOnUser gives a command about the user that the address names.
func (h *house) actOnUser(ctx context.Context, r *http.Request, q userAct, cmd flow.Command) (userLine, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return userLine{}, err
	}
	h.log.Info(cmd.Subject().String(), "login", r.PathValue("login"), "author", q.Author, "reason", q.Reason)
	switch reply := reply.(type) {
	case flow.OperatorUserAdded:
		return h.withLink(ctx, reply)
	case registry.User:
		return lineOfUser(flow.UserLine{User: reply}), nil
	}
	return userLine{}, nil
}

func (h *house) setUserRole(ctx context.Context, r *http.Request, q userAct) (userLine, error) {
	return h.actOnUser(ctx, r, q, flow.OperatorUserRole{Act: q.act(), Login: r.PathValue("login"), Role: registry.Role(q.Role)})
}

func (h *house) disableUser(ctx context.Context, r *http.Request, q userAct) (userLine, error) {
	return h.actOnUser(ctx, r, q, flow.OperatorUserDisable{Act: q.act(), Login: r.PathValue("login"), Enable: q.Enable})
}

func (h *house) resetUser(ctx context.Context, r *http.Request, q userAct) (userLine, error) {
	return h.actOnUser(ctx, r, q, flow.OperatorUserReset{Act: q.act(), Login: r.PathValue("login"), Factors: q.Factors})
}

func (h *house) removeUser(ctx context.Context, r *http.Request, q userAct) (userLine, error) {
	return h.actOnUser(ctx, r, q, flow.OperatorUserRemove{Act: q.act(), Login: r.PathValue("login")})
}

// A userActLine is what somebody did to a user, or that a user signed in.
type userActLine struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Registrar string    `json:"registrar"`
	Login     string    `json:"login"`
	What      string    `json:"what"`
	Note      string    `json:"note,omitempty"`
	By        string    `json:"by,omitempty"` // empty: the user
	Reason    string    `json:"reason,omitempty"`
	Address   string    `json:"address,omitempty"`
	Agent     string    `json:"agent,omitempty"`
}

func (h *house) listUserActs(ctx context.Context, r *http.Request, _ struct{}) ([]userActLine, error) {
	asked := r.URL.Query()
	q := flow.UserActList{UserActFilter: registry.UserActFilter{Registrar: registry.RegistrarID(asked.Get("registrar"))}}
	if login := asked.Get("login"); login != "" {
		reply, err := h.core.service.Ask(ctx, "", flow.UserShow{Login: login})
		if err != nil {
			return nil, err
		}
		q.User = reply.(flow.UserFound).ID
	}
	if text := asked.Get("before"); text != "" {
		var err error
		if q.Before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, mistake{fmt.Errorf("%q is no id of an act", text)}
		}
	}
	reply, err := h.core.service.Ask(ctx, "", q)
	if err != nil {
		return nil, err
	}
	lines := []userActLine{}
	for _, a := range reply.(flow.UserActsFound).Acts {
		line := userActLine{
			ID: strconv.FormatInt(a.ID, 10), At: a.At, Registrar: string(a.Registrar), Login: a.Login, What: string(a.What), Note: a.Note,
			By: a.By, Reason: a.Reason, Agent: a.Agent,
		}
		if a.Address.IsValid() {
			line.Address = a.Address.String()
		}
		lines = append(lines, line)
	}
	return lines, nil
}
