"""deliver messages."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('account') as account:
        account.add_column(sa.Column('daily_digest', sa.Boolean(), server_default=sa.false(), nullable=False, comment='what is not urgent comes together, once a day at 08:00 in Wales'))
    op.create_table('invitation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True, comment='null: the person asked for the link'),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False, comment="SHA-256 of the link's token"),
    sa.Column('key_id', sa.Text(), nullable=False, comment='the audit key that link and codes hang on'),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('codes', sa.Integer(), nullable=False, comment='how many codes were sent; the last counts'),
    sa.Column('code_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False, comment='how often the last code was wrong'),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True, comment='a newer link took its place, or too many codes were wrong'),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_invitation_account_id_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_invitation_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_invitation_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    op.create_index('ix_invitation_account', 'invitation', ['account_id', 'made_at'])
    with op.batch_alter_table('outbox') as outbox:
        outbox.alter_column('notice_id', existing_type=sa.Uuid(), nullable=True)
        outbox.add_column(sa.Column('invitation_id', sa.Uuid(), nullable=True))
        outbox.add_column(sa.Column('code', sa.Integer(), nullable=True, comment='of an invitation: which of its codes; 0: its link'))
        outbox.create_foreign_key(op.f('fk_outbox_invitation_id_invitation'), 'invitation', ['invitation_id'], ['id'])
        outbox.create_check_constraint(op.f('ck_outbox_one_thing'), '(notice_id is null) <> (invitation_id is null)')
        outbox.add_column(sa.Column('digest_at', sa.DateTime(timezone=True), nullable=True, comment='set: goes out at this moment, in one message with whatever else does'))
        outbox.add_column(sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True))
        outbox.add_column(sa.Column('why', sa.Text(), server_default='', nullable=False, comment='why it did not go out the last time: address, refused, limited, away, settings'))
    with op.batch_alter_table('notice') as notice:
        notice.add_column(sa.Column('posted_on', sa.Date(), nullable=True, comment='the day on which a letter was sent on by post'))
        notice.add_column(sa.Column('posted_by', sa.Uuid(), nullable=True))
        notice.create_foreign_key(op.f('fk_notice_posted_by_account'), 'account', ['posted_by'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('notice') as notice:
        notice.drop_constraint(op.f('fk_notice_posted_by_account'), type_='foreignkey')
        notice.drop_column('posted_by')
        notice.drop_column('posted_on')
    op.execute('delete from outbox where invitation_id is not null')
    with op.batch_alter_table('outbox') as outbox:
        outbox.drop_constraint(op.f('ck_outbox_one_thing'), type_='check')
        outbox.drop_constraint(op.f('fk_outbox_invitation_id_invitation'), type_='foreignkey')
        outbox.drop_column('code')
        outbox.drop_column('invitation_id')
        outbox.alter_column('notice_id', existing_type=sa.Uuid(), nullable=False)
        outbox.drop_column('why')
        outbox.drop_column('failed_at')
        outbox.drop_column('digest_at')
    op.drop_table('invitation')
    with op.batch_alter_table('account') as account:
        account.drop_column('daily_digest')
