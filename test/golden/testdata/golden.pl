#!/usr/bin/perl
# The golden path of the manual (9.4.1) with Debian's Net::EPP, as its documentation shows it: log in
# over TLS with the server's certificate verified, create contacts, hosts and a domain, look at them,
# renew, delete. Each step prints a line; the first that goes wrong ends the script with its code.
# Usage: golden.pl HOST PORT CA USER PASSWORD NAME
use strict;
use warnings;
use utf8;
use Net::EPP::Simple;

my ($host, $port, $ca, $user, $password, $name) = @ARGV;

sub must {
	my ($what, $done) = @_;
	die sprintf("%s: %s %s %s\n", $what, $Net::EPP::Simple::Code, $Net::EPP::Simple::Message,
		$Net::EPP::Simple::Error) unless $done;
	print "$what\n";
	return $done;
}

my $epp = must('login', Net::EPP::Simple->new(
	host => $host, port => $port, user => $user, pass => $password,
	verify => 1, ca_file => $ca, timeout => 20, load_config => 0, reconnect => 0,
));

must("check $name", $epp->check_domain($name) == 1);

foreach my $id (qw(GOLD-1 GOLD-2)) {
	must("create contact $id", $epp->create_contact({
		id => $id,
		postalInfo => {
			int => {
				name => 'Ana Maria Rojas', org => 'Tienda Ejemplo',
				addr => {street => ['Calle 10 # 4-21', 'Oficina 301'], city => 'Bogota', sp => 'DC', pc => '110221', cc => 'CO'},
			},
			loc => {
				name => "Ana María Rojas", org => 'Tienda Ejemplo',
				addr => {street => ['Calle 10 # 4-21'], city => "Bogotá", sp => 'DC', pc => '110221', cc => 'CO'},
			},
		},
		voice => '+57.6015550100', fax => '+57.6015550101', email => 'ana@example.com', authInfo => 'Gk3pQz81LmWx0RtYb7Ncde',
	}));
}

foreach my $ns (qw(ns1.golden.example ns2.golden.example)) {
	must("create host $ns", $epp->create_host({name => $ns, addrs => [{ip => '192.0.2.2', version => 'v4'}]}));
}

must("create domain $name", $epp->create_domain({
	name => $name, period => 2, registrant => 'GOLD-1', contacts => {admin => 'GOLD-2', tech => 'GOLD-2', billing => 'GOLD-1'},
	ns => [qw(ns1.golden.example ns2.golden.example)], authInfo => 'Gk3pQz81LmWx0RtYb7Ncde',
}));

must("create host ns1.$name", $epp->create_host({
	name => "ns1.$name", addrs => [{ip => '192.0.2.29', version => 'v4'}, {ip => '1080:0:0:0:8:800:200C:417A', version => 'v6'}],
}));
must("delegate to ns1.$name", $epp->update_domain({
	name => $name,
	add => {ns => ["ns1.$name"], status => ['clientTransferProhibited']},
	rem => {ns => ['ns2.golden.example']},
}));

my $info = must("info $name", $epp->domain_info($name));
printf("registrant %s, hosts %s, expires %s\n", $info->{registrant}, join(' ', sort @{$info->{ns}}), $info->{exDate});
my $contact = must('info GOLD-1', $epp->contact_info('GOLD-1'));
binmode(STDOUT, ':encoding(UTF-8)');
printf("contact %s, %s\n", $contact->{postalInfo}->{loc}->{name}, $contact->{email});

must("renew $name", $epp->renew_domain({name => $name, cur_exp_date => substr($info->{exDate}, 0, 10), period => 1}));
must("check $name again", $epp->check_domain($name) == 0);
must('hello', $epp->ping);
must('logout', $epp->logout);
