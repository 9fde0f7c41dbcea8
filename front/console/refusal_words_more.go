package console

// refusalWritten are of names that are written wrong: one fault of a name, and within it what is wrong with a label.
func refusalWritten() []refusalWord {
	return []refusalWord{
		{"not a valid domain name; %s", text("This is no valid name: %s")},
		{"the label %* is longer than 63 octets", text("each part between dots has at most 63 characters; in one with accents or other letters, each of those counts as several.")},
		{"the label %s begins with a hyphen", text("%s begins with a hyphen.")},
		{"the label %s ends with a hyphen", text("%s ends with a hyphen.")},
		{"the label %s has hyphens in third and fourth place, which only an A-label may have", text("%s has two hyphens in third and fourth place, which is kept for coded names.")},
		{"the label %s has an underscore; only letters, digits and hyphens are allowed", text("%s has an underscore. Only letters, digits and hyphens can be in a name.")},
		{"the label %s has a space; only letters, digits and hyphens are allowed", text("%s has a blank. Only letters, digits and hyphens can be in a name.")},
		{"the label %s has %s; only letters, digits and hyphens are allowed", text("%s has the sign %s. Only letters, digits and hyphens can be in a name.")},
		{"the label %s is the last and all digits, as in an address", text("its last part, %s, has only digits, as in an IP address.")},
		{"the label %s is not an A-label: %*", text("%s is no name with accents or other letters as the rules for these have it.")},
		{"the label %s %* (Bidi rule, RFC 5893)", text("%s mixes letters that are written from the left and from the right.")},
		{"the label %s cannot be written in Punycode", text("%s has letters that a name cannot have.")},
		{"the name is empty", text("it is empty.")},
		{"the name is longer than 253 octets", text("it has more than 253 characters.")},
		{"the name ends with a dot; send it without", text("it ends with a dot.")},
		{"the name has an empty label", text("there is nothing between two dots, or before the first.")},
		{"the name is not ASCII; send the A-label form %s", text("write it as %s.")},
		{"the name is not ASCII; send the A-label of every label that has other characters", text("it has letters that a name cannot have, or is too long with them.")},
		{"the name is not valid UTF-8", text("it has signs that cannot be read.")},
		{"in no IDN table of the zone; %* has %s (%s), which none of them has", text("This zone has no alphabet with %s (%s). Choose a name without it.")},
		{"in no IDN table of the zone; %*", text("No alphabet of this zone has these letters together, or in these places. Choose another name.")},
	}
}

// refusalTransfers are of transfers, their codes and name servers.
func refusalTransfers() []refusalWord {
	return []refusalWord{
		{"the transfer is not yours to end so; the registrar that requested the transfer cancels it", text("Only the registrar that asked for the transfer cancels it.")},
		{"the transfer is not yours to end so; the registrar that sponsors the object approves and rejects", text("Only the present registrar approves or rejects the transfer.")},
		{"the transfer is of other registrars; send the object's authInfo", text("This transfer is between other registrars. It takes the transfer code.")},
		{"the login announced secure authInfo and this one is weaker than %* bits; send 22 random letters and digits, 20 random printable characters, or none", text("This code is too easy to guess. Take 22 random letters and digits, or leave the field empty.")},
		{"the name above is another's; the host would be subordinate to %s, which another registrar sponsors: ask that registrar", text("A server of this name belongs to %s, which has another registrar. Ask that registrar.")},
		{"the name above is deleted; the host would be subordinate to %s, which has the status %s: restore that first", text("A server of this name belongs to %s, which is deleted (%s). Restore that first.")},
		{"the name above is not registered; the host would be subordinate to %s, which only the registry registers: choose a host below a name of yours", text("A server of this name belongs to %s, which only the registry registers. Choose one below a name of yours.")},
		{"the name above is not registered; the host would be subordinate to %s, which the registry withholds: choose a host below a name of yours", text("A server of this name belongs to %s, which the registry does not give away. Choose one below a name of yours.")},
		{"the name above is not registered; the host would be subordinate to %s: register that first", text("A server of this name belongs to %s, which nobody has registered. Register that first.")},
		{"a host has at most %s addresses; send fewer", text("A name server has %s addresses at most. Leave some out.")},
		{"the address is one of private networks or tests (%s), which the Internet does not reach; send a public one", text("this address is for private networks (%s): nobody reaches it from the Internet. Write a public one.")},
		{"no name of a host begins like that; write letters, digits, hyphens and dots", text("No name server begins like this. Write letters, digits, hyphens and dots.")},
	}
}

// refusalAsked are of lists, filters and papers.
func refusalAsked() []refusalWord {
	return []refusalWord{
		{"a page has %*; ask for the next one with its %*", text("This asks for too much on one page.")},
		{"contacts are not listed by that; choose id, name, org or email", text("Choose what contacts are sought by.")},
		{"there is no such order; ask for name, expiry or created", text("Choose one of the orders that are offered.")},
		{"there is no such state; choose one of the list", text("Choose one of the states that are offered.")},
		{"the highest price is below the lowest, or one is below zero; give two amounts, the lower one first", text("The highest price is below the lowest. Write the lower one first.")},
		{"the span of time ends before it begins; give a later end", text("The end is before the beginning. Choose a later end.")},
		{"the history has 1 to %s months or weeks; ask for fewer", text("The past is shown for %s months or weeks at most.")},
		{"the instant is before now; what would have been is not known; give one that is ahead", text("This instant has passed. Choose one that is ahead.")},
		{"the cursor is not one that this search gave; begin at the first page", text("This page of the list is not there any more. Begin at the first one.")},
		{"this names no page; give the Next of the page before as it was", text("This page of the list is not there any more. Begin at the first one.")},
		{"the statement is another registrar's; ask for your own", text("The statement is another registrar's.")},
		{"the transaction log is another registrar's; ask for your own", text("The log is another registrar's.")},
		{"these are the users of another registrar; ask for your own", text("These are the users of another registrar.")},
		{"the account is another registrar's; change your own", text("The account is another registrar's.")},
		{"there is no history of such objects; ask for a domain, host, contact or registrar", text("There is no history of this.")},
		{"there is none, and there never was; check its spelling", text("There is none, and there never was. Check its spelling.")},
		{"there is no such invoice; the list of invoices shows those that there are", text("There is no such invoice.")},
		{"there is no such act; %*", text("There is no such receipt.")},
		{"only a deposit that was booked and not reversed has a receipt; %*", text("Only a payment that was booked, and not taken back, has a receipt.")},
		{"receipts are written in English (en) and Spanish (es); choose one", text("Receipts are written in English and Spanish. Choose one.")},
		{"something that was due at %s is not settled; the engine settles it first", text("What fell due on %s is not booked yet. Try again in a minute.")},
		{"months are closed one after the other; close %s first", text("This month is not closed yet; %s comes first.")},
		{"the month is not over; wait until its end", text("The month is not over. Wait until its end.")},
		{"there is no such registrar; %*", text("There is no such registrar.")},
		{"this is no registration that was credited in the month; %*", text("This registration was not credited in the month.")},
		{"the account is on hold: its balance of %s is below the minimum of %s; pay in funds first", text("Your account is on hold: its balance of %s is below the minimum of %s. Pay in first.")},
	}
}

// refusalFair are of what is too much or too often.
func refusalFair() []refusalWord {
	return []refusalWord{
		{"the registry has closed %* to this registrar until %s; ask the registry", text("The registry has closed this to your account until %s. Ask the registry.")},
		{"the registry has closed %* to this registrar since %s; ask the registry", text("The registry has closed this to your account since %s. Ask the registry.")},
		{"the registry has closed %* to this registrar: %s; ask the registry", text("The registry has closed this to your account: %s. Ask the registry.")},
		{"the registry has closed %* to this registrar; ask the registry", text("The registry has closed this to your account. Ask the registry.")},
		{"the registry has limited %*; wait %s", text("This was done too often in a short time. Wait %s, then do it again.")},
		{"%s jobs are kept, and no more; remove one that has ended", text("%s bulk actions are kept, and no more. Remove one that has ended.")},
		{"%s jobs have not ended, and no more go on at once; wait for one to end, or stop or remove it", text("%s bulk actions have not ended, and no more go on at once. Wait for one to end, or stop it.")},
		{"a job has at most %s names; make several of them", text("A bulk action has %s names at most. Make several.")},
		{"a job is called by %*; choose them at random", text("This page is too old. Open it again.")},
		{"the job is %* and cannot run; wait for its preview, or make a new one", text("This bulk action cannot run now. Wait for its preview, or make another.")},
		{"the job is being worked on; stop it first", text("This bulk action is being worked on. Stop it first.")},
		{"too many wrong passwords; wait %s seconds", text("The password was wrong too often. Wait %s seconds.")},
		{"too much was tried from your network; wait %s seconds", text("Too much was tried from your network. Wait %s seconds.")},
		{"a %* cannot have the invisible character %s; leave it out", text("There is an invisible character here (%s). Write the text again without it.")},
		{"a %* has at most %s characters; send a shorter one", text("This has %s characters at most. Shorten it.")},
		{"a contact has at most three street lines; send fewer", text("An address has three lines of street at most.")},
		{"an address has at most three street lines; join some", text("An address has three lines of street at most.")},
		{"a street line is empty; leave it out", text("A line of the street is empty. Leave it out.")},
		{"a contact needs a %*; send one", text("Fill this in.")},
		{"a required contact is missing; send one in the role %s", text("A contact for the role %s is needed. Give its id.")},
		{"this cannot be a password; one has %s to %s characters that can be printed, no blank at its ends or beside another, and is not %s", text("This cannot be a password: one has %s to %s characters, no blank at its ends or beside another, and is not %s.")},
		{"EPP and FTPS have passwords of their own; choose another", text("EPP and FTPS have passwords of their own. Choose another.")},
	}
}

// refusalSandbox are of the test environment.
func refusalSandbox() []refusalWord {
	return []refusalWord{
		{"%s is no length of time; %*", text("%s is no length of time such as 2w, 46d or 1d12h30m.")},
		{"the clock shows %s and never goes back to %s", text("The clock shows %s and never goes back to %s.")},
		{"the clock can be moved up to 100 years ahead of real time, to %s at the latest", text("The clock can be moved to %s at the latest.")},
		{"a sandbox's clock is moved by %s years at most at a time; move it several times", text("The clock is moved by %s years at most at a time. Move it several times.")},
		{"%s is no instant; %*", text("%s is no instant such as 2027-01-31 or 2027-01-31 12:00.")},
		{"the registrar %* has a test environment already, %s", text("There is a test environment already: %s.")},
		{"the sandbox %* has %s credentials, which is as many as there can be", text("There are %s credentials, and no more can be.")},
		{"the sandbox %* has no credential %s", text("There is no credential %s.")},
		{"the sandbox %* has %s MB of the %s that it may have; reset it", text("The test environment has %s MB of the %s that it may have. Reset it.")},
		{"the clock of the sandbox %* moves just now, and %* more acts wait for it; wait for their answers", text("The clock moves just now. Wait for its answer.")},
		{"%* clocks of sandboxes move already, and this one was not moved; try again in a minute", text("Many clocks move just now, and yours was not moved. Try again in a minute.")},
		{"the registrar %* has no test environment yet; make one first", text("There is no test environment yet. Make one first.")},
		{"the test environment %* is not available: %*; the operator of the registry can put it back", text("The test environment is not available. Ask the registry.")},
	}
}
