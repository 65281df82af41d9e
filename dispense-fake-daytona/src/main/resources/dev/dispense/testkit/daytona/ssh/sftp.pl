# Serves version 3 of the SSH File Transfer Protocol (draft-ietf-secsh-filexfer-02) on standard
# input and output, for containers that have no server of their own. It needs nothing but perl.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :mode);
use POSIX ();

my ($OK, $EOF, $MISSING, $DENIED, $FAILURE, $UNSUPPORTED) = (0, 1, 2, 3, 4, 8);
my ($SIZE, $OWNER, $PERMISSIONS, $TIMES) = (1, 2, 4, 8);
my (%handles, $next);
$next = 0;
binmode STDIN;
binmode STDOUT;

sub take {
  my ($length) = @_;
  my $data = '';
  while (length $data < $length) {
    sysread(STDIN, $data, $length - length $data, length $data) or exit 0;
  }
  return $data;
}

sub send_packet {
  my ($type, $body) = @_;
  my $data = pack('N C', 1 + length $body, $type) . $body;
  my $at = 0;
  while ($at < length $data) {
    my $written = syswrite(STDOUT, $data, length($data) - $at, $at);
    defined $written or exit 1;
    $at += $written;
  }
}

sub text { return pack('N/a*', $_[0]) }

sub status {
  my ($id, $code, $message) = @_;
  send_packet(101, pack('N N', $id, $code) . text($message // '') . text(''));
}

sub failed {
  my ($id) = @_;
  my $code = $!{ENOENT} ? $MISSING : $!{EACCES} || $!{EPERM} ? $DENIED : $FAILURE;
  status($id, $code, "$!");
}

sub done { my ($id, $fine) = @_; $fine ? status($id, $OK) : failed($id) }

sub attributes {
  my @s = @_;
  my ($high, $low) = (int($s[7] / 4294967296), $s[7] % 4294967296);
  return pack('N N N N N N N N', $SIZE | $OWNER | $PERMISSIONS | $TIMES,
      $high, $low, $s[4], $s[5], $s[2], $s[8], $s[9]);
}

sub long_name {
  my ($name, @s) = @_;
  my $kind = S_ISDIR($s[2]) ? 'd' : S_ISLNK($s[2]) ? 'l' : '-';
  my $mode = join '', map { my $bit = $_;
      $s[2] & (1 << (8 - $bit)) ? ('r', 'w', 'x')[$bit % 3] : '-' } 0 .. 8;
  return sprintf '%s%s %3d %-8s %-8s %8d %s %s', $kind, $mode, $s[3], $s[4], $s[5], $s[7],
      POSIX::strftime('%b %e %H:%M', gmtime $s[9]), $name;
}

sub read_attributes {
  my ($packet) = @_;
  my %wanted;
  my $flags = unpack 'N', substr($$packet, 0, 4, '');
  if ($flags & $SIZE) {
    my ($high, $low) = unpack 'N N', substr($$packet, 0, 8, '');
    $wanted{size} = $high * 4294967296 + $low;
  }
  @wanted{'user', 'group'} = unpack 'N N', substr($$packet, 0, 8, '') if $flags & $OWNER;
  $wanted{mode} = unpack('N', substr($$packet, 0, 4, '')) & 07777 if $flags & $PERMISSIONS;
  @wanted{'accessed', 'modified'} = unpack 'N N', substr($$packet, 0, 8, '') if $flags & $TIMES;
  return %wanted;
}

sub set_attributes {
  my ($path, %wanted) = @_;
  return (!defined $wanted{size} || truncate($path, $wanted{size}))
      && (!defined $wanted{user} || chown($wanted{user}, $wanted{group}, $path))
      && (!defined $wanted{mode} || chmod($wanted{mode}, $path))
      && (!defined $wanted{modified} || utime($wanted{accessed}, $wanted{modified}, $path));
}

sub keep {
  my ($id, $what) = @_;
  my $name = 'h' . $next++;
  $handles{$name} = $what;
  send_packet(102, pack('N', $id) . text($name));
}

sub real_path {
  my ($path) = @_;
  $path = POSIX::getcwd() . "/$path" unless $path =~ m{^/};
  my @parts;
  for my $part (split m{/+}, $path) {
    if ($part eq '..') { pop @parts }
    elsif ($part ne '' && $part ne '.') { push @parts, $part }
  }
  return '/' . join '/', @parts;
}

sub open_file {
  my ($id, $path, $packet) = @_;
  my $wanted = unpack 'N', substr($$packet, 0, 4, '');
  my %attributes = read_attributes($packet);
  my $flags = ($wanted & 3) == 3 ? O_RDWR : $wanted & 2 ? O_WRONLY : O_RDONLY;
  $flags |= O_APPEND if $wanted & 4;
  $flags |= O_CREAT if $wanted & 8;
  $flags |= O_TRUNC if $wanted & 16;
  $flags |= O_EXCL if $wanted & 32;
  my $mode = $attributes{mode} // 0666;
  my $file;
  sysopen($file, $path, $flags, $mode)
      ? keep($id, { file => $file, path => $path, append => $wanted & 4 })
      : failed($id);
}

sub read_file {
  my ($id, $handle, $packet) = @_;
  my ($high, $low, $length) = unpack 'N N N', $$packet;
  my $data;
  sysseek $handle->{file}, $high * 4294967296 + $low, 0;
  my $read = sysread $handle->{file}, $data, $length > 262144 ? 262144 : $length;
  if (!defined $read) { failed($id) }
  elsif ($read == 0) { status($id, $EOF, 'end of file') }
  else { send_packet(103, pack('N', $id) . text($data)) }
}

sub write_file {
  my ($id, $handle, $packet) = @_;
  my ($high, $low, $data) = unpack 'N N N/a*', $$packet;
  sysseek $handle->{file}, $high * 4294967296 + $low, 0 unless $handle->{append};
  my $at = 0;
  while ($at < length $data) {
    my $written = syswrite $handle->{file}, $data, length($data) - $at, $at;
    return failed($id) unless defined $written;
    $at += $written;
  }
  status($id, $OK);
}

sub read_directory {
  my ($id, $handle) = @_;
  my ($count, $body) = (0, '');
  while ($count < 100 && defined(my $name = readdir $handle->{directory})) {
    my @s = lstat "$handle->{path}/$name" or next;
    $body .= text($name) . text(long_name($name, @s)) . attributes(@s);
    $count++;
  }
  $count ? send_packet(104, pack('N N', $id, $count) . $body) : status($id, $EOF, 'no more');
}

sub one_name {
  my ($id, $name) = @_;
  send_packet(104, pack('N N', $id, 1) . text($name) . text($name) . pack('N', 0));
}

sub stat_answer {
  my ($id, @s) = @_;
  @s ? send_packet(105, pack('N', $id) . attributes(@s)) : failed($id);
}

sub extended {
  my ($id, $name, $packet) = @_;
  my ($first, $second) = unpack 'N/a* N/a*', $$packet;
  if ($name eq 'posix-rename@openssh.com') { done($id, rename $first, $second) }
  else { status($id, $UNSUPPORTED, 'not supported') }
}

while (1) {
  my $packet = take(unpack 'N', take(4));
  my $type = unpack 'C', substr($packet, 0, 1, '');
  if ($type == 1) {
    send_packet(2, pack('N', 3) . text('posix-rename@openssh.com') . text('1'));
    next;
  }
  my $id = unpack 'N', substr($packet, 0, 4, '');
  my $name = unpack 'N/a*', $packet;
  substr($packet, 0, 4 + length $name, '');
  my $handle = $type == 4 || $type == 5 || $type == 6 || $type == 8 || $type == 10 || $type == 12
      ? $handles{$name} : undef;
  if (!defined $handle && ($type =~ /^(4|5|6|8|10|12)$/)) {
    status($id, $FAILURE, 'no such handle');
  }
  elsif ($type == 3) { open_file($id, $name, \$packet) }
  elsif ($type == 4) { delete $handles{$name}; status($id, $OK) }
  elsif ($type == 5) { read_file($id, $handle, \$packet) }
  elsif ($type == 6) { write_file($id, $handle, \$packet) }
  elsif ($type == 7) { stat_answer($id, lstat $name) }
  elsif ($type == 8) { stat_answer($id, stat($handle->{file} // $handle->{path})) }
  elsif ($type == 9) { done($id, set_attributes($name, read_attributes(\$packet))) }
  elsif ($type == 10) { done($id, set_attributes($handle->{path}, read_attributes(\$packet))) }
  elsif ($type == 11) {
    my $directory;
    opendir($directory, $name)
        ? keep($id, { directory => $directory, path => $name }) : failed($id);
  }
  elsif ($type == 12) { read_directory($id, $handle) }
  elsif ($type == 13) { done($id, unlink $name) }
  elsif ($type == 14) {
    my %wanted = read_attributes(\$packet);
    done($id, mkdir $name, $wanted{mode} // 0777);
  }
  elsif ($type == 15) { done($id, rmdir $name) }
  elsif ($type == 16) { one_name($id, real_path($name)) }
  elsif ($type == 17) { stat_answer($id, stat $name) }
  elsif ($type == 18) {
    my $to = unpack 'N/a*', $packet;
    if (-e $to) { status($id, $FAILURE, 'it exists') } else { done($id, rename $name, $to) }
  }
  elsif ($type == 19) {
    my $to = readlink $name;
    defined $to ? one_name($id, $to) : failed($id);
  }
  elsif ($type == 20) { done($id, symlink $name, unpack 'N/a*', $packet) }
  elsif ($type == 200) { extended($id, $name, \$packet) }
  else { status($id, $UNSUPPORTED, 'not supported') }
}
