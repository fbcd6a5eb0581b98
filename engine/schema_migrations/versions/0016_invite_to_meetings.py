"""invite to meetings."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

BEFORE = '(notice_id is null) <> (invitation_id is null)'
AFTER = ('(notice_id is null) <> (invitation_id is null and meeting_notice_id is null) '
         'and (invitation_id is null or meeting_notice_id is null)')


def upgrade() -> None:
    op.create_table('meeting_item',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False, comment='1, 2, ... within the meeting'),
    sa.Column('version', sa.Integer(), nullable=False, comment='1, 2, ... of this item; the newest holds'),
    sa.Column('case_id', sa.Uuid(), nullable=True, comment='the case that it is about, where it is about one'),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{title, note, papers: [document id], off: why it was taken off}'),
    sa.Column('author', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author'], ['account.id'], name=op.f('fk_meeting_item_author_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_meeting_item_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_meeting_item_case_id_case')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_item_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_item')),
    sa.UniqueConstraint('meeting_id', 'number', 'version', name=op.f('uq_meeting_item_meeting_id_number_version'))
    )
    op.create_table('meeting_notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False, comment='the day that they were told'),
    sa.Column('begins', sa.Text(), nullable=False, comment='the time that they were told, HH:MM'),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('invited', 'cancelled')", name=op.f('ck_meeting_notice_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_meeting_notice_account_id_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_meeting_notice_board_id_board')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_notice_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_notice'))
    )
    op.create_index('ix_meeting_notice_meeting', 'meeting_notice', ['meeting_id', 'written_at'], unique=False)
    with op.batch_alter_table('outbox') as outbox:
        outbox.add_column(sa.Column('meeting_notice_id', sa.Uuid(), nullable=True))
        outbox.create_foreign_key(op.f('fk_outbox_meeting_notice_id_meeting_notice'), 'meeting_notice', ['meeting_notice_id'], ['id'])
        outbox.drop_constraint(op.f('ck_outbox_one_thing'), type_='check')
        outbox.create_check_constraint(op.f('ck_outbox_one_thing'), AFTER)


def downgrade() -> None:
    op.execute('delete from outbox where meeting_notice_id is not null')
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_constraint(op.f('ck_outbox_one_thing'), type_='check')
        outbox.create_check_constraint(op.f('ck_outbox_one_thing'), BEFORE)
        outbox.drop_constraint(op.f('fk_outbox_meeting_notice_id_meeting_notice'), type_='foreignkey')
        outbox.drop_column('meeting_notice_id')
    op.drop_index('ix_meeting_notice_meeting', table_name='meeting_notice')
    op.drop_table('meeting_notice')
    op.drop_table('meeting_item')
