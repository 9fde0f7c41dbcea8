package registry

// A Status is one status value of an EPP object. RFC 5731 section 2.3, RFC 5732 section 2.3, RFC
// 5733 section 2.2.
type Status string

// The statuses. Those that begin with client are the sponsor's to set, those that begin with
// server the operator's; the others follow from facts and are never stored.
const (
	ClientDeleteProhibited   Status = "clientDeleteProhibited"
	ClientHold               Status = "clientHold"
	ClientRenewProhibited    Status = "clientRenewProhibited"
	ClientTransferProhibited Status = "clientTransferProhibited"
	ClientUpdateProhibited   Status = "clientUpdateProhibited"
	ServerDeleteProhibited   Status = "serverDeleteProhibited"
	ServerHold               Status = "serverHold"
	ServerRenewProhibited    Status = "serverRenewProhibited"
	ServerTransferProhibited Status = "serverTransferProhibited"
	ServerUpdateProhibited   Status = "serverUpdateProhibited"

	OK              Status = "ok"
	Inactive        Status = "inactive"
	Linked          Status = "linked"
	PendingCreate   Status = "pendingCreate"
	PendingDelete   Status = "pendingDelete"
	PendingRenew    Status = "pendingRenew"
	PendingTransfer Status = "pendingTransfer"
	PendingUpdate   Status = "pendingUpdate"
)

// An RGPStatus is one status of the grace period mapping. RFC 3915 section 3.1.
type RGPStatus string

// The RGP statuses that are not grace periods; those are GraceKinds.
const (
	RGPRedemption    RGPStatus = "redemptionPeriod"
	RGPPendingDelete RGPStatus = "pendingDelete"
)
