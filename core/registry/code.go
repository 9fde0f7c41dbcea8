package registry

import (
	"fmt"
	"time"
)

// A Code says how a command ended. Front-ends turn it into their own protocol's number or status
// in one table each; nothing else knows those numbers. It is text so that what is stored outlives
// every renumbering.
type Code string

// Codes in the order of RFC 5730 section 3; decisions 4.11 says when each is used.
const (
	Completed             Code = "completed"
	CompletedPending      Code = "completedPending"
	NoMessages            Code = "noMessages"
	AckToDequeue          Code = "ackToDequeue"
	EndingSession         Code = "endingSession"
	UnknownCommand        Code = "unknownCommand"
	Syntax                Code = "syntax"
	CommandUse            Code = "commandUse"
	ParameterMissing      Code = "parameterMissing"
	ParameterRange        Code = "parameterRange"
	ParameterSyntax       Code = "parameterSyntax"
	UnimplementedVersion  Code = "unimplementedVersion"
	UnimplementedCommand  Code = "unimplementedCommand"
	UnimplementedOption   Code = "unimplementedOption"
	UnimplementedExt      Code = "unimplementedExtension"
	BillingFailure        Code = "billingFailure"
	NotRenewable          Code = "notRenewable"
	NotTransferable       Code = "notTransferable"
	Authentication        Code = "authentication"
	Authorization         Code = "authorization"
	InvalidAuthInfo       Code = "invalidAuthInfo"
	ObjectPendingTransfer Code = "objectPendingTransfer"
	ObjectNotPending      Code = "objectNotPendingTransfer"
	ObjectExists          Code = "objectExists"
	ObjectMissing         Code = "objectMissing"
	StatusProhibits       Code = "statusProhibits"
	AssociationProhibits  Code = "associationProhibits"
	ParameterPolicy       Code = "parameterPolicy"
	UnimplementedService  Code = "unimplementedService"
	DataPolicy            Code = "dataPolicy"
	CommandFailed         Code = "commandFailed"
	CommandFailedClosing  Code = "commandFailedClosing"
	AuthenticationClosing Code = "authenticationClosing"
	SessionLimitClosing   Code = "sessionLimitClosing"
)

// Codes returns every Code, for tests that a table leaves none out.
func Codes() []Code {
	return []Code{
		Completed, CompletedPending, NoMessages, AckToDequeue, EndingSession,
		UnknownCommand, Syntax, CommandUse, ParameterMissing, ParameterRange, ParameterSyntax,
		UnimplementedVersion, UnimplementedCommand, UnimplementedOption, UnimplementedExt,
		BillingFailure, NotRenewable, NotTransferable, Authentication, Authorization,
		InvalidAuthInfo, ObjectPendingTransfer, ObjectNotPending, ObjectExists, ObjectMissing,
		StatusProhibits, AssociationProhibits, ParameterPolicy, UnimplementedService, DataPolicy,
		CommandFailed, CommandFailedClosing, AuthenticationClosing, SessionLimitClosing,
	}
}

// An Error is a refusal that the client should see. Any other error is a fault of ours: it is
// logged in full, and the client is told only CommandFailed.
type Error struct {
	Code   Code
	Field  string // the offending element with its usual prefix, such as "domain:period"
	Value  string // what it held; never a secret
	Reason string // one sentence for the registrar's engineer: what is wrong; what to do
	Rule   string // the rule that refused, such as "nameIsFree"; empty where none has a name

	Wait time.Duration // until the same can go well; zero where that is not known

	// Next is another rule that does not hold, behind this one: for who filled in a form and wants to know all at once. EPP
	// tells one refusal, and leaves it out.
	Next *Error

	// Private is what only the operator's log is told: the part of a login that was wrong. Never a secret.
	Private string
}

// All returns the refusal and those behind it.
func (e *Error) All() (list []*Error) {
	for ; e != nil; e = e.Next {
		list = append(list, e)
	}
	return list
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	if e.Value == "" {
		return e.Field + ": " + e.Reason
	}
	return fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Reason)
}
