package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/registry"
)

// A refusalWord says what the registry says to programs, in words for people. Both have %s in the places of what
// depends on the case, in the same order; %* is what people need not be told.
type refusalWord struct{ said, plain string }

// refusalWords are those that a registrar's people meet. Of others they are told what programs are told.
func refusalWords() []refusalWord {
	return slices.Concat(
		refusalNames(), refusalMoney(), refusalParts(), refusalContacts(), refusalOthers(), refusalTransfers(), refusalAsked(),
		refusalFair(), refusalAccount(), refusalUsers(), refusalSandbox(), refusalCommands(), refusalWritten(),
	)
}

// successWords are those of the log that are no refusals.
func successWords() []refusalWord {
	return []refusalWord{
		{"Domain %* created successfully with ROID %s", text("Registered as %s")},
		{"Deletion request for domain name %* successful; domain will be deleted shortly", text("Deleted")},
		{"Command completed successfully", text("Done")},
		{"Command completed OK; action pending", text("Accepted; it is done later")},
		{"Command completed successfully; action pending", text("Accepted; it is done later")},
	}
}

// A heardRefusal is a refusalWord whose first text can be looked for.
type heardRefusal struct {
	said  *regexp.Regexp
	plain string
}

var (
	heardRefusals = sync.OnceValue(func() []heardRefusal { return heard(slices.Concat(refusalWords(), successWords())) })
	heardFrames   = sync.OnceValue(func() []heardRefusal { return heard(slices.Concat(frameWords(), schemaWords())) })
)

// heard makes texts so that they can be looked for.
func heard(words []refusalWord) (list []heardRefusal) {
	for _, w := range words {
		pattern := strings.NewReplacer("%s", "(.*?)", `%\*`, ".*?").Replace(regexp.QuoteMeta(w.said))
		list = append(list, heardRefusal{regexp.MustCompile("^" + pattern + "$"), w.plain})
	}
	return list
}

// why says a reason of the registry in words for people and in their language, if there are such words.
func (v *visit) why(reason string) string { return v.inWords(heardRefusals(), reason) }

// means says what a frame means or would change in words for people and in their language.
func (v *visit) means(line string) string { return v.inWords(heardFrames(), line) }

func (v *visit) inWords(list []heardRefusal, reason string) string {
	for _, w := range list {
		found := w.said.FindStringSubmatch(reason)
		if found == nil {
			continue
		}
		var args []any
		for _, part := range found[1:] {
			args = append(args, v.whyPart(part))
		}
		return v.t(w.plain, args...)
	}
	return reason
}

// yearsTold is a number of years as a frame is told of.
var yearsTold = regexp.MustCompile(`^(\d{1,3}) years?$`)

// whyPart is a part of a reason: an instant is told as anywhere else, of a status also what it is called, and what is a
// reason itself in words for people.
func (v *visit) whyPart(part string) string {
	if strings.HasPrefix(part, "the label ") || strings.HasPrefix(part, "the name ") || strings.HasPrefix(part, "it ") {
		return v.why(part)
	}
	if years := yearsTold.FindStringSubmatch(part); years != nil {
		n, _ := strconv.Atoi(years[1])
		return v.years(n)
	}
	if at, err := time.Parse(time.RFC3339, part); err == nil {
		return v.instant(at)
	}
	if at, err := time.Parse(time.DateOnly, part); err == nil {
		return v.words.day(at)
	}
	status := registry.Status(part)
	for _, known := range []registry.Status{
		registry.ClientHold, registry.ServerHold, registry.ClientDeleteProhibited, registry.ClientRenewProhibited,
		registry.ClientTransferProhibited, registry.ClientUpdateProhibited, registry.ServerDeleteProhibited,
		registry.ServerRenewProhibited, registry.ServerTransferProhibited, registry.ServerUpdateProhibited,
	} {
		if status == known {
			label, _, _ := statusWords(status)
			return v.t(label) + ", " + part
		}
	}
	return part
}

func refusalNames() []refusalWord {
	return []refusalWord{
		{"the object has the status %s; remove it first", text("This is locked (%s). Remove the lock first.")},
		{"the object has the status %s; its sponsor removes that, if its holder asks", text("This is locked (%s). Its registrar removes the lock if the holder asks for it.")},
		{"the object has the status %s; ask the registry to lift it", text("The registry has locked this (%s). Ask the registry to lift that.")},
		{"the object has the status %s; restore it, or wait for its purge", text("The name is deleted (%s). Restore it, or wait until it is free again.")},
		{"the object has the status %s; wait until its sponsor has restored it, or for its purge", text("The name is deleted (%s). Wait until its registrar restores it, or until it is free again.")},
		{"the object has the status %s; link it to a name again, or wait for its purge", text("This is about to be removed (%s). Use it with a name again, or wait until it is gone.")},
		{"the object has the status %s; wait until the transfer has ended", text("A transfer is under way (%s). Wait until it has ended.")},
		{"another registrar sponsors the object; ask that registrar", text("This belongs to another registrar. Ask that registrar.")},
		{"the name is registered; choose another", text("The name is registered already. Choose another.")},
		{"the name is not available; choose another", text("The name is not available. Choose another.")},
		{"the name is reserved; only an allocation code of the registry lifts that", text("The name is reserved. It takes a code from the registry to register it.")},
		{"the registry uses this name; choose another", text("The registry uses this name itself. Choose another.")},
		{"the registry withholds this name; choose another", text("The registry does not give this name away. Choose another.")},
		{"the name is not registered; check its spelling", text("The name is not registered. Check its spelling.")},
		{"you have no such name; check its spelling", text("You have no such name. Check its spelling.")},
		{"not one label below our zones; they are %s", text("This is not a name directly below one of our zones, which are %s.")},
		{"only the registry registers here; whoever is eligible below %s asks it", text("Only the registry registers names below %s. Ask the registry.")},
		{"your account takes no premiums; change its setting premiums-are-unavailable", text("Your account is set not to take premium names. You can change that under Account.")},
		{"your account takes no IDNs; change its setting idns-are-unavailable", text("Your account is set not to take names with accents or other letters. You can change that under Account.")},
		{"a variant of it is registered; %s blocks it, choose another", text("%s is registered, which differs only in its letters. Choose another name.")},
		{"a variant of it is not available; choose another", text("A name that differs only in its letters is not available, so this one is not either. Choose another.")},
		{"the name is not deleted; only a name in redemption can be restored", text("The name is not deleted: only a deleted name in redemption can be restored.")},
		{"redemption ended at %s; wait for the purge and register the name again", text("It could be restored until %s. Wait until the name is free, then register it again.")},
		{"you sponsor the object already; there is nothing to transfer", text("This is yours already. There is nothing to transfer.")},
		{"a transfer of the object is pending; it ends by %s", text("A transfer is under way already; it ends on %s at the latest.")},
		{"no transfer of the object is pending; a query says how the last one ended", text("No transfer waits for an answer.")},
		{"the name was registered or transferred too recently; ask again from %s", text("The name was registered or transferred a short while ago. It can be asked for from %s on.")},
		{"it has been changed since this form was opened; look at it as it is now, then decide again", text("This has been changed since you opened the page. Open it again, look at it as it is now, and decide again.")},
		{"the authInfo is not the object's; send the one that the registrant has from the sponsor", text("This transfer code is wrong. The holder of the name has the right one from the present registrar.")},
		{"the authInfo is not the contact's; ask its sponsor for the right one", text("This code is wrong. Ask the contact's present registrar for the right one.")},
		{"a transfer needs the authInfo of the object; its holder has it from the sponsor", text("A transfer needs the transfer code. The holder has it from the present registrar.")},
		{"too many wrong authInfos; wait %s seconds, and send the right one then", text("The code was wrong too often. Wait %s seconds, then try the right one.")},
	}
}

func refusalMoney() []refusalWord {
	return []refusalWord{
		{"no such period is sold; a period is %s to %s years", text("This cannot be had for so long: choose %s to %s years.")},
		{"the name would have expired on %s already; renew it for %s years at least", text("It would have expired on %s already. Renew it for %s years at least.")},
		{"the name would expire on %s, more than %s years ahead; choose a shorter period, or wait%s", text("It would expire on %s, and a name runs for %s years at most. Choose less, or wait%s")},
		{"the name expires on another day; send %s", text("The name expires on another day: %s. Open the page again.")},
		{"this is not the fee; send %s", text("The price is another now: %s. Look at it and agree again.")},
		{"the name is premium and this costs %s; send the fee with the extension fee-1.0", text("The name is premium, and this costs %s.")},
		{"the command costs %s and the available credit is %s; pay in funds first", text("This costs %s, and you can spend %s. Pay in first.")},
		{"the registrar's account is on hold since %s: %s; pay in funds first", text("Your account is on hold since %s: %s. Pay in first.")},
		{"the registrar is not active; ask the registry", text("Your account is not active. Ask the registry.")},
	}
}

func refusalParts() []refusalWord {
	return []refusalWord{
		{"a name has at most %s name servers; send fewer", text("A name has %s name servers at most. Leave some out.")},
		{"a name has at most %s contacts; send fewer", text("A name has %s contacts at most. Leave some out.")},
		{"a required contact is missing; send one in the role registrant", text("A registrant is needed. Give the id of a contact.")},
		{"a required contact is missing; send one in the role admin", text("An administrative contact is needed. Give the id of a contact.")},
		{"a required contact is missing; send one in the role tech", text("A technical contact is needed. Give the id of a contact.")},
		{"a required contact is missing; send one in the role billing", text("A billing contact is needed. Give the id of a contact.")},
		{"it is given twice; send it once", text("this stands here twice. Leave one out.")},
		{"there is no such contact; create it first", text("there is no such contact. Check the id, or make the contact first.")},
		{"there is no such contact; check its id", text("There is no such contact. Check its id.")},
		{"another registrar sponsors the contact; link one of your own", text("this contact belongs to another registrar. Use one of yours.")},
		{"there is no such host; create it first", text("the registry does not know this name server yet. Add it first, under Name servers.")},
		{"there is no such host; check its name", text("There is no such name server. Check its name.")},
		{"the host exists; use it, or choose another name", text("This name server is there already. Use it, or choose another name.")},
		{"names use the object; remove it from them first", text("Names use this. Take it out of them first.")},
		{"it is a zone of this registry; a host needs a name below one, or elsewhere", text("This is one of our zones, and no name for a server.")},
		{"one label is no qualified name; send the whole name of the host", text("Write the whole name of the server, such as ns1.example.net.")},
		{"a host below a zone of this registry needs an address; send one or more", text("A server below one of our zones needs an IP address. Write one or more.")},
		{"a host below a zone of this registry keeps an address; add another in the same command", text("A server below one of our zones keeps at least one IP address. Write another.")},
		{"a host outside this registry's zones cannot be renamed; create one of the new name and update the names that use it", text("A server outside of our zones cannot be renamed. Add one of the new name, and give that to the names.")},
		{"\"%s\" is not an IP address", text("%s is no IP address.")},
		{"%s is an IPv4 address written as IPv6; send it as v4", text("%s is an IPv4 address in the form of IPv6. Write it as IPv4.")},
		{"%s is no address that other machines can reach (loopback, unspecified, multicast, link-local or reserved)", text("%s is an address that nobody else can reach. Write a public one.")},
		{"no such algorithm signs zones; IANA lists those that do", text("this algorithm (the second number) does not sign zones. Copy the record again from your DNS provider.")},
		{"no such digest is assigned; IANA lists those that are", text("this kind of digest (the third number) does not exist. Copy the record again from your DNS provider.")},
		{"it does not fit its type; a digest of type %s has %s hexadecimal digits", text("the digest is not whole: one of type %s has %s digits. Copy the record again from your DNS provider.")},
		{"a domain has %s DS at most; send fewer", text("A name has %s DS records at most. Leave some out.")},
		{"only the registry sets or removes this status; leave it out", text("Only the registry sets or removes this lock.")},
	}
}

func refusalContacts() []refusalWord {
	return []refusalWord{
		{"not a valid contact id; write 3 to 16 visible ASCII characters without blanks", text("Write an id of 3 to 16 letters without accents, digits and signs, without blanks.")},
		{"a contact of this id exists; ids are the same in upper and lower case", text("There is a contact with this id already (capitals do not count). Choose another.")},
		{"a contact needs a postal address; send postalInfo as int, loc or both", text("Fill in one of the two addresses.")},
		{"a contact needs a name; send one", text("Write the name.")},
		{"a contact needs a street line; send one", text("Write the street.")},
		{"a contact needs a city; send one", text("Write the city.")},
		{"a contact needs a postcode; send one", text("Write the postcode.")},
		{"a contact needs a country; send its two letters in cc", text("Write the country, in two letters such as CO.")},
		{"a contact needs a street; send one to three street lines", text("Write the street.")},
		{"this is no assigned country code; send two letters of ISO 3166-1", text("This is no country: write its two letters, such as CO.")},
		{"the int form is 7-bit ASCII only; send this %* in the loc form", text("Only letters without accents go here. What has accents goes into the address in local letters.")},
		{"a contact needs a telephone number; send voice", text("Write a telephone number.")},
		{"this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters", text("Write the number with its country, a point and the rest without blanks, such as +57.6015550100.")},
		{"an extension has at most 16 characters; send a shorter one", text("An extension has at most 16 characters.")},
		{"a contact needs an e-mail address; send email", text("Write an e-mail address.")},
		{"this is no e-mail address; write LOCAL@DOMAIN in at most 84 characters", text("This is no e-mail address such as ana@example.com.")},
		{"this is no e-mail address; write it such as ana@registrar.example", text("This is no e-mail address such as ana@registrar.example.")},
		{"this is no address of a web site; write one such as https://registrar.example in at most 255 characters of ASCII", text("This is no address of a web site such as https://registrar.example.")},
		{"this is no name of a host; write one such as whois.registrar.example", text("This is no name of a server such as whois.registrar.example.")},
		{"this is no base address of RDAP; write it such as https://rdap.registrar.example/", text("This is no address such as https://rdap.registrar.example/.")},
	}
}

func refusalOthers() []refusalWord {
	return []refusalWord{
		{"the list has no names; write one on each line", text("Write the names, one on each line.")},
		{"there is no such thing to do to many names; choose one of those that are offered", text("Choose what to do.")},
		{"a job sets or lifts one or more of the client locks; choose against what the names are locked", text("Choose one lock at least.")},
		{"no contact is named; give the id of one for a role at least", text("Give the id of one contact at least.")},
		{"names of the job would be purged at once and cannot be restored; say that this is meant", text("Names of the list would be purged at once and cannot be restored. Tick the box if this is meant.")},
		{"there is no such job; those that have ended are removed after some time", text("There is no such bulk action. Those that have ended are removed after some time.")},
		{"a user has this e-mail address; choose another", text("A user has this e-mail address already. Choose another.")},
		{"there is no such role; choose administrator, manager, domain-administrator or finance-administrator", text("Choose a role.")},
		{"your role may not do this to a user of that role; ask your administrator", text("Your role may not do this to that user. Ask your administrator.")},
		{"nobody does this to himself; ask another user", text("You cannot do this to yourself. Ask another user.")},
		{"the user was changed meanwhile; look at how it is now and do it again", text("Somebody changed this user meanwhile. Open the page again, and do it again.")},
		{"this is no network; write an address, or a network such as 192.0.2.0/24 or 2001:db8::/32", text("Write an IP address, or a network such as 192.0.2.0/24 or 2001:db8::/32.")},
		{"the registrar has this network already; look at the network list", text("This network is listed already.")},
		{"this network is too wide: it is at most /%s; list the networks that are yours", text("This network is too wide: it is at most /%s. List the networks that are yours.")},
		{"this is no certificate as in RFC 5280; make it again, or copy it again", text("This is no certificate that can be read. Copy it again, or make it again.")},
		{"this is no certificate request as in RFC 2986; make it again, or copy it again", text("This is no certificate request that can be read. Copy it again, or make it again.")},
		{"the certificate is registered for this registrar already; there is nothing to do", text("This certificate is listed already.")},
		{"the certificate has expired at %s; register its successor", text("The certificate ended on %s. Register the one that follows it.")},
	}
}
