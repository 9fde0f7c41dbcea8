#!/usr/bin/perl
# The whole life of a domain with Debian's Net::EPP, by two registrars: logins that announce extensions,
# contacts, hosts and names made, changed, shown, renamed, renewed, transferred, deleted and restored, prices, DS
# data, an internationalized name, the message queue, and refusals with their reasons. What Net::EPP::Simple has a
# function for is done with it; the rest are frames of ours, sent and read by it. Each step prints a line; the
# first that goes wrong ends the script. Usage: life.pl HOST PORT CA USER PASSWORD OTHER PASSWORD CLOCK…, where CLOCK…
# is a command that moves the registry's clock by the time that is written behind it.
use strict;
use warnings;
use utf8;
use Net::EPP::Simple;

my ($host, $port, $ca, $user, $password, $other, $secret, @clock) = @ARGV;
binmode(STDOUT, ':encoding(UTF-8)');
$| = 1;
my $ns = 'urn:ietf:params:xml:ns:';

sub login {
	my ($who, $pw) = @_;
	my $epp = Net::EPP::Simple->new(
		host => $host, port => $port, user => $who, pass => $pw, verify => 1, ca_file => $ca, timeout => 20,
		load_config => 0, reconnect => 0, objects => [map { "$ns$_-1.0" } qw(domain host contact)],
		extensions => [map { "$ns$_" } qw(rgp-1.0 secDNS-1.1 epp:fee-1.0 idn-1.0 epp:ttl-1.0 changePoll-1.0)],
	) or die "login of $who: $Net::EPP::Simple::Code $Net::EPP::Simple::Error\n";
	print "login $who\n";
	return $epp;
}

my $epp = login($user, $password);
my $rival = login($other, $secret);

# must is for what Net::EPP::Simple does.
sub must {
	my ($what, $done) = @_;
	die sprintf("%s: %s %s %s\n", $what, $Net::EPP::Simple::Code // '', $Net::EPP::Simple::Message // '', $Net::EPP::Simple::Error // '')
		unless $done;
	print "$what\n";
	return $done;
}

# refused is for what it does in vain: with that code, and a reason that has that text.
sub refused {
	my ($what, $code, $reason, $done) = @_;
	my $said = "$Net::EPP::Simple::Code $Net::EPP::Simple::Message $Net::EPP::Simple::Error";
	die "$what: not refused\n" if $done;
	die "$what: $said, want $code and '$reason'\n" unless $Net::EPP::Simple::Code == $code && index($said, $reason) >= 0;
	print "$what: $code\n";
}

# frame sends the inside of a command, and wants that code and those texts in the answer.
sub frame {
	my ($what, $who, $inner, $code, @has) = @_;
	my $sent = qq(<?xml version="1.0" encoding="UTF-8"?><epp xmlns="${ns}epp-1.0"><command>$inner<clTRID>LIFE-1</clTRID></command></epp>);
	utf8::encode($sent);
	my $answer = $who->request($sent);
	die "$what: no answer\n" unless $answer;
	my $text = $answer->toString;
	utf8::decode($text);
	die "$what: $text\nwant $code\n" unless $answer->code == $code;
	foreach my $has (@has) {
		die "$what: $text\nwant '$has' in it\n" unless index($text, $has) >= 0;
	}
	print "$what: $code\n";
	return $text;
}

# object is the inside of a command about an object.
sub object {
	my ($command, $object, $inner, $extension) = @_;
	return qq(<$command><$object:$command xmlns:$object="$ns$object-1.0">$inner</$object:$command></$command>)
		. ($extension ? "<extension>$extension</extension>" : '');
}

# later moves the clock.
sub later {
	my ($time) = @_;
	system("@clock $time >&2") == 0 or die "the clock cannot be moved by $time\n";
	print "$time later\n";
}

# message acknowledges what waits for a registrar, up to and with the message of that text, which has those texts too.
sub message {
	my ($who, $said, @has) = @_;
	while (1) {
		my $answer = $who->request(qq(<epp xmlns="${ns}epp-1.0"><command><poll op="req"/></command></epp>));
		my $text = $answer->toString;
		die "no message '$said': $text\n" unless $answer->code == 1301 && $text =~ /<msgQ[^>]* id="(\d+)"/;
		frame("ack of message", $who, qq(<poll op="ack" msgID="$1"/>), 1000);
		next unless index($text, "<msg>$said</msg>") >= 0;
		foreach my $has (@has) {
			die "message '$said': $text\nwant '$has' in it\n" unless index($text, $has) >= 0;
		}
		print "message '$said'\n";
		return;
	}
}

sub ds {
	my ($tag, $byte) = @_;
	return "<secDNS:dsData><secDNS:keyTag>$tag</secDNS:keyTag><secDNS:alg>13</secDNS:alg><secDNS:digestType>2</secDNS:digestType>"
		. '<secDNS:digest>' . ($byte x 32) . '</secDNS:digest></secDNS:dsData>';
}

my $name = 'vidalarga.co';
my $domain = "<domain:name>$name</domain:name>";
my $secDNS = qq(xmlns:secDNS="${ns}secDNS-1.1");
my $fee = qq(xmlns:fee="${ns}epp:fee-1.0");

# Before there is anything.
must('hello', $epp->ping);
frame('an empty queue', $epp, '<poll op="req"/>', 1300);
refused('a queue without this message', 2303, 'no such message', do {
	my $answer = $epp->request(qq(<epp xmlns="${ns}epp-1.0"><command><poll op="ack" msgID="77"/></command></epp>));
	$Net::EPP::Simple::Code = $answer->code; $Net::EPP::Simple::Message = $answer->toString; $Net::EPP::Simple::Error = ''; 0;
});
frame('a price', $epp, object('check', 'domain', $domain, qq(<fee:check $fee><fee:currency>USD</fee:currency><fee:command name="create"><fee:period unit="y">2</fee:period></fee:command><fee:command name="renew"/></fee:check>)),
	1000, 'avail="1"', '<fee:objID>' . $name, '<fee:class>standard', '<fee:currency>USD');

# Contacts.
foreach my $id (qw(LIFE-1 LIFE-2 LIFE-3)) {
	must("create contact $id", $epp->create_contact({
		id => $id, voice => '+57.6015550100', fax => '+57.6015550101', email => 'ana@example.com', authInfo => 'Abcd1234',
		postalInfo => {loc => {name => 'Ana María Rojas', org => 'Tienda Ejemplo', addr => {street => ['Calle 10 # 4-21'], city => 'Bogotá', sp => 'DC', pc => '110221', cc => 'CO'}}},
	}));
}
refused('create contact LIFE-1 again', 2302, 'exists', $epp->create_contact({
	id => 'life-1', voice => '+57.6015550100', fax => '+57.6015550101', email => 'ana@example.com', authInfo => 'Abcd1234',
	postalInfo => {loc => {name => 'Ana', org => 'Tienda', addr => {street => ['Calle 10'], city => 'Bogotá', sp => 'DC', pc => '110221', cc => 'CO'}}},
}));
# Its update of a contact has an empty <contact:rem/> where nothing is removed, which the schema does not allow.
refused('update contact with an empty part', 2001, 'lacks <status>', $epp->update_contact({id => 'LIFE-1', add => {status => ['clientDeleteProhibited']}}));
frame('update contact LIFE-1', $epp, object('update', 'contact', '<contact:id>LIFE-1</contact:id><contact:add><contact:status s="clientDeleteProhibited"/></contact:add><contact:chg><contact:authInfo><contact:pw>Efgh5678</contact:pw></contact:authInfo></contact:chg>'), 1000);
refused('delete contact LIFE-1', 2304, 'clientDeleteProhibited', $epp->delete_contact('LIFE-1'));
frame('update contact LIFE-1 back', $epp, object('update', 'contact', '<contact:id>LIFE-1</contact:id><contact:rem><contact:status s="clientDeleteProhibited"/></contact:rem>'), 1000);
must('check contact', $epp->check_contact('LIFE-9') == 1 && $epp->check_contact('life-1') == 0);
refused('info of a contact by the rival', 2201, 'authInfo', $rival->contact_info('LIFE-1'));
frame('info of a contact with its authInfo', $rival, object('info', 'contact', '<contact:id>LIFE-1</contact:id><contact:authInfo><contact:pw>Efgh5678</contact:pw></contact:authInfo>'), 1000, 'Bogotá');
frame('disclosure', $epp, object('update', 'contact', '<contact:id>LIFE-1</contact:id><contact:chg><contact:disclose flag="1"><contact:email/></contact:disclose></contact:chg>'), 1000);
frame('what is disclosed', $epp, object('info', 'contact', '<contact:id>LIFE-1</contact:id>'), 1000, '<contact:disclose flag="1"><contact:email/>');

# Hosts outside, and the domain with DS data and a fee.
must("create host $_", $epp->create_host({name => $_, addrs => []})) foreach qw(ns1.life.example ns2.life.example);
my $create = "$domain<domain:period unit=\"y\">2</domain:period><domain:ns><domain:hostObj>ns1.life.example</domain:hostObj></domain:ns>"
	. '<domain:registrant>LIFE-1</domain:registrant><domain:contact type="admin">LIFE-2</domain:contact><domain:contact type="tech">LIFE-2</domain:contact>'
	. '<domain:authInfo><domain:pw>Abcd1234</domain:pw></domain:authInfo>';
my $signed = "<secDNS:create $secDNS>" . ds(1, 'AB') . '</secDNS:create>';
frame('create with a wrong fee', $epp, object('create', 'domain', $create, "$signed<fee:create $fee><fee:fee>1.00</fee:fee></fee:create>"), 2004, '<reason>', 'fee:fee');
frame('create', $epp, object('create', 'domain', $create, "$signed<fee:create $fee><fee:fee>40.00</fee:fee></fee:create>"), 1000, 'created successfully', 'fee:creData');
refused("create $name by the rival", 2302, 'the name is registered', $rival->create_domain({
	name => $name, period => 1, registrant => 'CAFE-1', contacts => {admin => 'CAFE-1', tech => 'CAFE-1'}, ns => [], authInfo => 'Abcd1234',
}));
frame('create of an IDN', $epp, object('create', 'domain', '<domain:name>xn--caadulce-e3a.co</domain:name><domain:registrant>LIFE-1</domain:registrant><domain:contact type="admin">LIFE-2</domain:contact><domain:contact type="tech">LIFE-2</domain:contact><domain:authInfo><domain:pw>Abcd1234</domain:pw></domain:authInfo>',
	qq(<idn:data xmlns:idn="${ns}idn-1.0"><idn:table>es</idn:table><idn:uname>cañadulce.co</idn:uname></idn:data>)), 1000);
must("create host ns1.$name", $epp->create_host({name => "ns1.$name", addrs => [{ip => '192.0.2.29', version => 'v4'}, {ip => '2001:db8::29', version => 'v6'}]}));

# Every form of hosts in info.
my %shows = (all => ['hostObj', 'domain:host>'], del => ['hostObj'], sub => ['domain:host>'], none => []);
foreach my $hosts (sort keys %shows) {
	my $text = frame("info hosts $hosts", $epp, object('info', 'domain', qq(<domain:name hosts="$hosts">$name</domain:name>)), 1000, @{$shows{$hosts}}, 'secDNS:keyTag');
	die "info hosts $hosts shows what it should not: $text\n" if $hosts eq 'none' && $text =~ /hostObj|<domain:host>/ || $hosts eq 'del' && $text =~ /<domain:host>/ || $hosts eq 'sub' && $text =~ /hostObj/;
}

# Updates: add, rem and chg of everything.
must('delegate below itself', $epp->update_domain({
	name => $name, add => {ns => ["ns1.$name", 'ns2.life.example'], contacts => {billing => 'LIFE-3'}, status => ['clientHold', 'clientTransferProhibited']},
	rem => {ns => ['ns1.life.example']}, chg => {registrant => 'LIFE-2', authInfo => 'Ijkl9012'},
}));
frame('DS changed', $epp, object('update', 'domain', $domain, "<secDNS:update $secDNS><secDNS:rem>" . ds(1, 'AB') . '</secDNS:rem><secDNS:add>' . ds(2, 'CD') . '</secDNS:add></secDNS:update>'), 1000);
frame('what it is now', $epp, object('info', 'domain', "$domain<domain:authInfo><domain:pw>Ijkl9012</domain:pw></domain:authInfo>"), 1000,
	"ns1.$name", 'ns2.life.example', 's="clientHold"', 'type="billing">LIFE-3', '<domain:registrant>LIFE-2', '<secDNS:keyTag>2', 'addPeriod');
frame('a wrong authInfo', $rival, object('info', 'domain', "$domain<domain:authInfo><domain:pw>wrong</domain:pw></domain:authInfo>"), 2202, '<reason>');
refused('update by the rival', 2201, 'another registrar', $rival->update_domain({name => $name, add => {status => ['clientHold']}}));
refused('a status that is there', 2306, 'already', $epp->update_domain({name => $name, add => {status => ['clientHold']}}));
refused('a status of the registry', 2306, 'registry', $epp->update_domain({name => $name, add => {status => ['serverHold']}}));
refused('a host that is not', 2303, 'no such host', $epp->update_domain({name => $name, add => {ns => ['ns9.life.example']}}));
must('statuses removed', $epp->update_domain({name => $name, rem => {status => ['clientHold', 'clientTransferProhibited']}}));
must('update prohibited', $epp->update_domain({name => $name, add => {status => ['clientUpdateProhibited']}}));
refused('update while it is', 2304, 'clientUpdateProhibited', $epp->update_domain({name => $name, add => {status => ['clientHold']}}));
must('update prohibited no more', $epp->update_domain({name => $name, rem => {status => ['clientUpdateProhibited']}}));

# The host is renamed, and the delegation follows.
must('rename host', $epp->update_host({name => "ns1.$name", chg => {name => "ns7.$name"}}));
frame('the delegation followed', $epp, object('info', 'domain', $domain), 1000, "ns7.$name");
refused('delete a linked host', 2305, 'use', $epp->delete_host("ns7.$name"));
refused('rename a host outside', 2304, 'outside', $epp->update_host({name => 'ns2.life.example', chg => {name => 'ns3.life.example'}}));

# Renewal.
my $info = must("info $name", $epp->domain_info($name));
must("renew $name", $epp->renew_domain({name => $name, cur_exp_date => substr($info->{exDate}, 0, 10), period => 1}));
refused('renew on a wrong date', 2004, 'expires on another day', $epp->renew_domain({name => $name, cur_exp_date => substr($info->{exDate}, 0, 10), period => 1}));
refused('a renewal past the horizon', 2105, 'ahead', $epp->renew_domain({name => $name, cur_exp_date => substr($epp->domain_info($name)->{exDate}, 0, 10), period => 5}));

# The end: what is linked stays, the domain goes at once in its add grace, and then the rest.
refused('delete a linked contact', 2305, 'use', $epp->delete_contact('LIFE-2'));
must("undelegate", $epp->update_domain({name => $name, rem => {ns => ["ns7.$name", 'ns2.life.example'], contacts => {billing => 'LIFE-3'}}}));
must("delete host ns7.$name", $epp->delete_host("ns7.$name"));
refused('delete by the rival', 2201, 'another registrar', $rival->delete_domain($name));
frame("delete $name", $epp, object('delete', 'domain', $domain), 1001);
must("$name is free", $rival->check_domain($name) == 1);
refused("info $name after its end", 2303, 'not registered', $epp->domain_info($name));
must('delete host', $epp->delete_host($_)) foreach qw(ns1.life.example ns2.life.example);

# Another name moves to the rival, after sixty days; so does a contact. Then it is deleted and restored.
my $moving = 'vidanueva.co';
must("create $moving", $epp->create_domain({
	name => $moving, period => 1, registrant => 'LIFE-1', contacts => {admin => 'LIFE-2', tech => 'LIFE-2'}, ns => [], authInfo => 'Mnop3456',
}));
refused('a transfer too early', 2106, 'too recently', $rival->domain_transfer_request($moving, 'Mnop3456', 1));
later('61d');
refused('a transfer with a wrong authInfo', 2202, "not the object's", $rival->domain_transfer_request($moving, 'Qrst7890', 1));
refused('a query of a stranger', 2201, 'other registrars', $rival->domain_transfer_query($moving));
refused('a query of no transfer', 2301, 'ever requested', $epp->domain_transfer_query($moving));
my $asked = must('request', $rival->domain_transfer_request($moving, 'Mnop3456', 1));
die "the request is answered $asked->{trStatus} $asked->{reID} $asked->{acID}\n" unless "$asked->{trStatus} $asked->{reID} $asked->{acID}" eq "pending $other $user";
refused('another request', 2300, 'is pending', $rival->domain_transfer_request($moving, 'Mnop3456', 1));
message($epp, 'Transfer requested.', "<domain:name>$moving", '<domain:trStatus>pending');
refused('a renewal meanwhile', 2304, 'pendingTransfer', $epp->renew_domain({name => $moving, cur_exp_date => substr($epp->domain_info($moving)->{exDate}, 0, 10), period => 1}));
refused('approval by the rival', 2201, 'not yours', $rival->domain_transfer_approve($moving));
must('reject', $epp->domain_transfer_reject($moving));
message($rival, 'Transfer rejected.', '<domain:trStatus>clientRejected');
must('query', $rival->domain_transfer_query($moving)->{trStatus} eq 'clientRejected');
must('request again', $rival->domain_transfer_request($moving, 'Mnop3456', 1));
must('cancel', $rival->domain_transfer_cancel($moving));
frame('request with a fee', $rival, qq(<transfer op="request"><domain:transfer xmlns:domain="${ns}domain-1.0"><domain:name>$moving</domain:name><domain:period unit="y">2</domain:period><domain:authInfo><domain:pw>Mnop3456</domain:pw></domain:authInfo></domain:transfer></transfer><extension><fee:transfer $fee><fee:fee>40</fee:fee></fee:transfer></extension>),
	1001, '<domain:trStatus>pending', 'fee:trnData', '<fee:fee>40.00');
must('approve', $epp->domain_transfer_approve($moving));
message($rival, 'Transfer approved.', '<domain:trStatus>clientApproved');
must('the rival has it', $rival->domain_info($moving)->{clID} eq $other);
must('request of a contact', $rival->contact_transfer_request('LIFE-2', 'Abcd1234')->{trStatus} eq 'pending');
must('approval of a contact', $epp->contact_transfer_approve('LIFE-2'));
must('the rival has the contact', $rival->contact_info('LIFE-2')->{clID} eq $other);
later('6d');
my $before = substr($rival->domain_info($moving)->{exDate}, 0, 10);
frame("delete $moving", $rival, object('delete', 'domain', "<domain:name>$moving</domain:name>"), 1001);
frame("restore $moving", $rival, object('update', 'domain', "<domain:name>$moving</domain:name>", qq(<rgp:update xmlns:rgp="${ns}rgp-1.0"><rgp:restore op="request"/></rgp:update><fee:update $fee><fee:fee>40.00</fee:fee></fee:update>)),
	1000, 's="pendingRestore"', 'fee:updData', '<fee:fee>40.00');
must("renew $moving", $rival->renew_domain({name => $moving, cur_exp_date => $before, period => 1}));
must('logout', $epp->logout && $rival->logout);
